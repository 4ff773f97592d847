"""Writes recorded runs: small files, each for one thing, whose bytes change only with the run."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lib.runs import code, directories
from lib.runs.directories import Run
from lib.system import files
from report.reference import image_sheets
from report.reference.drawn_arrays import drawn_arrays, drawn_queries, is_compared
from report.reference.recorded_runs import NUMBERS, RecordedKey


def write_run(run: Run, key: RecordedKey, whole: bool = True) -> None:
    """Record a run under `key`; not `whole` means its numbers alone."""
    result = {name: run.result[name] for name in NUMBERS if name in run.result}
    written = {"config.json", "result.json"}
    if whole:
        directories.write_history(key.path, run.history)
        arrays = drawn_arrays(key.experiment, run.samples)
        for name, images in arrays.items():
            write_sheet(key.path / f"{name}.png", images)
        written |= {"history.jsonl", *(f"{name}.png" for name in arrays)}
        result |= run.result
        if isinstance(result.get("examples"), dict):
            result["examples"] = drawn_queries(result["examples"], arrays)
    write_json(key.path / "config.json", _config(run))
    write_json(key.path / "result.json", result)
    for file in key.path.iterdir():
        if file.name not in written:
            file.unlink()


def drop_drawn_images(key: RecordedKey) -> None:
    """Remove the images of a recorded run that only figures show: they show another seed."""
    for sheet in key.path.glob("*.png"):
        if not is_compared(key.experiment, sheet.stem):
            sheet.unlink()


def _config(run: Run) -> dict:
    """Return a run's configuration, with only the fingerprints of the code that decided it."""
    spec = run.config["spec"]
    return {**run.config, "spec": {**spec, "code": code.fingerprints(spec["code"])}}


def write_json(path: Path, value: Mapping) -> None:
    """Write a dictionary as JSON for people: a line for each item of what its values hold."""
    items = [f"  {_text(name)}: {_opened(item)}" for name, item in value.items()]
    files.write_text(path, "{\n" + ",\n".join(items) + "\n}\n" if items else "{}\n")


def _opened(item: object) -> str:
    if isinstance(item, dict) and item:
        lines = [f"{_text(name)}: {_text(each)}" for name, each in item.items()]
        return "{\n" + ",\n".join(f"    {line}" for line in lines) + "\n  }"
    if isinstance(item, list | tuple) and item:
        return "[\n" + ",\n".join(f"    {_text(each)}" for each in item) + "\n  ]"
    return _text(item)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_sheet(path: Path, images: np.ndarray) -> None:
    """Write a sheet unless it holds these images: other versions of a library compress otherwise"""
    try:
        is_there = np.array_equal(image_sheets.read(path), images)
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        image_sheets.write(path, images)
