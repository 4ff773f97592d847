"""Measures by which trained models are evaluated: image quality, latent usage, sequence accuracy.

Every function is deterministic: those that sample take a seed. Nothing here imports TensorFlow.

images               sharpness, reconstruction error, smoothness of interpolations
ms_ssim              multi-scale structural similarity, and diversity by it
sliced_wasserstein   sliced Wasserstein distance
manifold             precision, recall, density and coverage, on the features of a random network
generated            all of these for generated faces
digit_images         sharpness and diversity of images of single digits
latent               KL divergence per dimension, active units
sequences            accuracy per character and per sequence
intervals            mean and confidence interval over the seeds
"""
