"""Data that stands in for CelebA and MNIST where these cannot be had."""
