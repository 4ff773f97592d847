"""What a training is evaluated by: image quality and diversity, latent usage, sequence accuracy.

Every function is deterministic: what draws at random takes a seed. Nothing here needs TensorFlow.

images         sharpness, sliced Wasserstein distance, MS-SSIM, reconstruction, interpolation
manifold       precision, recall, density and coverage, on the features of a random network
generated      those of both by which generated faces are evaluated
digit_images   sharpness and diversity of images of single digits
latent         KL divergence per dimension, active units
sequences      accuracy per character and per sequence
intervals      mean and confidence interval over the seeds
"""
