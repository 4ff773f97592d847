"""Finds a trained model: a finished run, the newest checkpoint of one in progress, or a record."""

from collections.abc import Iterator, Mapping

import tf_keras

from lib.config import arithmetic, faces
from lib.config.base import Settings
from lib.config.experiments import experiments, find
from lib.config.profiles import PROFILES
from lib.models import export
from lib.runs import checkpoints, directories
from lib.runs.directories import RunKey
from lib.system.errors import UserError
from lib.system.paths import display
from lib.trained import arithmetic as of_arithmetic
from lib.trained import faces as of_faces
from lib.trained import recorded as records
from lib.trained.model import TrainedModel
from lib.training import saving
from lib.training.trainer import trainer_class

_KINDS: dict[type[Settings], type[TrainedModel]] = {
    faces.CAESettings: of_faces.Autoencoder,
    faces.VAESettings: of_faces.VAE,
    faces.CorrectedVAESettings: of_faces.VAE,
    faces.GANSettings: of_faces.GAN,
    faces.CorrectedGANSettings: of_faces.GAN,
    arithmetic.Text2TextSettings: of_arithmetic.TextAnswerer,
    arithmetic.CorrectedText2TextSettings: of_arithmetic.TextAnswerer,
    arithmetic.Image2TextSettings: of_arithmetic.ImageReader,
    arithmetic.Image2TextAblationSettings: of_arithmetic.ImageReader,
    arithmetic.CorrectedImage2TextSettings: of_arithmetic.ImageReader,
    arithmetic.Text2ImageSettings: of_arithmetic.TextDrawer,
    arithmetic.Text2ImageAblationSettings: of_arithmetic.TextDrawer,
    arithmetic.CorrectedText2ImageSettings: of_arithmetic.StyledTextDrawer,
    arithmetic.DigitClassifierSettings: of_arithmetic.TokenClassifier,
}


def recorded(name: str) -> TrainedModel:
    """Return the model of an experiment with recorded weights; see `lib.trained.load`."""
    experiment = find(name)
    return _model(experiment, *records.read(experiment))


def trained(name: str, profile: str | None, seed: int, variant: str | None) -> TrainedModel:
    """Return the model of a run, finished or not; see `lib.trained.load`."""
    experiment = find(name)
    key = find_run(experiment, profile, seed, variant)
    return _model(experiment, networks_of(key), _settings(key), display(key.path))


def find_run(
    experiment: str, profile: str | None = None, seed: int = 0, variant: str | None = None
) -> RunKey:
    """Return the run that `lib.trained.load` takes; raises UserError if there is none."""
    known = experiments()[experiment].variants
    if variant is not None and variant not in known:
        raise UserError(f"unknown variant {variant}; known: {', '.join(known)}")
    if profile is not None and profile not in PROFILES:
        raise UserError(f"unknown profile {profile}; known: {', '.join(PROFILES)}")
    trained = list(_trained(experiment))
    fitting = [
        key
        for key in trained
        if key.seed == seed and profile in (None, key.profile) and variant in (None, key.variant)
    ]
    if not fitting:
        target = experiment.replace("_", "-")
        call = f"make {target}" + (f" PROFILE={profile}" if profile else "")
        call += f" SEEDS={seed}" if seed else ""
        others = ", ".join(sorted({f"{key.profile}/{key}" for key in trained}))
        if trained:
            raise UserError(
                f"{target} is trained as {others}; choose one by PROFILE=, VARIANT= and SEEDS=, "
                f"or run: {call}"
            )
        raise UserError(f"{target} is not trained yet; run: {call}")
    newest = max(fitting, key=_time).profile
    return next(key for key in fitting if key.profile == newest)


def _trained(experiment: str) -> Iterator[RunKey]:
    """Yield the runs of an experiment that are finished or have a checkpoint."""
    for profile in PROFILES:
        for variant in experiments()[experiment].variants:
            folder = RunKey(profile, experiment, variant, 0).path.parent
            for path in sorted(folder.glob("seed-*")):
                number = path.name.removeprefix("seed-")
                if number.isdecimal() and _has_weights(
                    key := RunKey(profile, experiment, variant, int(number))
                ):
                    yield key


def _has_weights(key: RunKey) -> bool:
    is_done = (key.path / "result.json").exists() and (key.path / directories.NETWORKS).is_dir()
    return is_done or checkpoints.exist(key.path / directories.CHECKPOINT)


def _time(key: RunKey) -> float:
    """Return when a run was trained last; evaluating it before its end changes other files."""
    files = (key.path / name for name in ("history.jsonl", "result.json"))
    return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)


def networks_of(key: RunKey) -> dict[str, tf_keras.Model]:
    """Return the networks of a run, made of stock layers, by name.

    Those of a finished run come from its networks/, others from the newest checkpoint. Raises
    UserError if they cannot be read, or if the checkpoint is not that of the current code.
    """
    is_done = (key.path / "result.json").exists()
    if is_done and (networks := export.read(key.path / directories.NETWORKS)):
        return networks
    settings = _settings(key)
    training = trainer_class(settings)(settings, key.seed)
    try:
        history = saving.restore(training, key.path)
    except (KeyError, ValueError) as error:
        raise UserError(
            f"the checkpoint in {display(key.path)} is that of another model; {_train_again(key)}"
        ) from error
    if not history:
        raise UserError(f"{display(key.path)} has no checkpoint; {_train_again(key)}")
    return {name: export.stock(network) for name, network in training.networks().items()}


def _settings(key: RunKey) -> Settings:
    kind = type(experiments()[key.experiment].settings)
    try:
        return kind(**directories.read_config(key.path)["spec"]["settings"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UserError(
            f"{display(key.path / 'config.json')} cannot be read ({error}); {_train_again(key)}"
        ) from error


def _train_again(key: RunKey) -> str:
    return f"remove {display(key.path)} and run: make {key.target} PROFILE={key.profile}"


def _model(
    experiment: str, networks: Mapping[str, tf_keras.Model], settings: Settings, source: str
) -> TrainedModel:
    return _KINDS[type(settings)](networks, settings, experiment.replace("_", "-"), source)
