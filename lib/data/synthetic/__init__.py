"""Synthetic faces and digits, for machines that cannot download CelebA and MNIST."""
