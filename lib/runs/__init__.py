"""Run directories on the disk: what is in one, which are done, checkpoints. No TensorFlow here."""
