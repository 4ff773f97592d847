# %% [markdown]
# # A tour: train a VAE, look at what it learnt, and let a network write a sum by hand
#
# About four minutes on two processor cores. The faces are drawn stand-ins, so that nothing has to
# be downloaded; give a folder of your own images in the second cell to use those.

# %%
# In Colab, this fetches the project; elsewhere, start Jupyter in the project's folder or in docs/.
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""  # in Colab: the address that you would give to git clone

if REPOSITORY and not Path("reproduction").exists():
    subprocess.run(["git", "clone", REPOSITORY, "reproduction"], check=True)
    packages = "reproduction/requirements.in"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "-r", packages], check=True)
for folder in ("reproduction", ".."):
    if not Path("experiments").exists() and Path(folder, "experiments").exists():
        os.chdir(folder)
sys.path.insert(0, os.getcwd())
os.environ.setdefault("WORK_DIR", "tour")  # apart from the data and runs of the project

# %% [markdown]
# ## Data and training
#
# One command prepares the data and another trains: the published VAE with 32 latent dimensions, on
# 3,000 faces for three epochs. On a terminal, `make vae-32 EPOCHS=3` does both.

# %%
DATA = "DATA=builtin"  # or FACES=<folder of images>
SETTINGS = ["PROFILE=quick", "EPOCHS=3"]


def run(*command):
    subprocess.run([sys.executable, "-m", *command], check=True)


run("lib.data", *SETTINGS, DATA, "vae_32")
run("experiments.vae_32", *SETTINGS)

# %% [markdown]
# ## What it learnt
#
# Samples: draws from the prior, decoded. As published, they are sampled at a sixth of the prior's
# scale, which is one of the defects that the report discusses.

# %%
import numpy as np

from lib import trained
from lib.data import faces
from lib.visual.sheets import pairs, sheet, strips

vae = trained.load("vae-32", profile="quick")
sheet(vae.sample(16, seed=1), scale=2)

# %% [markdown]
# Faces, and below each its reconstruction from 32 numbers:

# %%
originals = faces.load().images[:8]
reconstructions = vae.reconstruct(originals)
pairs(originals, reconstructions, columns=8, scale=2)

# %% [markdown]
# From one face to another, along a straight line between their latents:

# %%
sheet(vae.interpolate(originals[0], originals[1], steps=9), columns=9, scale=2)

# %% [markdown]
# ## Models that come with the project
#
# The weights of some models trained at full scale are in `recorded/weights/`. This GAN was trained
# on CelebA, whose images are for non-commercial research only; these faces are of nobody.

# %%
gan = trained.load("gan-corrected", recorded=True)
samples = gan.sample(32, seed=2)
sheet(samples, columns=8, scale=2)

# %% [markdown]
# A network that reads a sum as text and writes the answer by hand, in five styles:

# %%
writer = trained.load("text2image-corrected", recorded=True)
queries = ["46+69", "7-12", "99+99"]
answers = [strips(writer.draw([query] * 5, seed=3)) for query in queries]
print(dict(zip(queries, writer.answer(queries), strict=True)))
sheet(np.concatenate(answers), columns=5, scale=2)
