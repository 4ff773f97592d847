"""What a training shows while it runs: sheets of images, curves, and events for TensorBoard.

images/ in the run directory
  epoch-0001.png ...   what the model shows after each epoch, if it has anything to show
  newest.png           the newest of these
  curves.png           the metrics so far
events/                metrics and sheets for TensorBoard

Nothing in the training depends on these files.
"""

import time
from pathlib import Path

import tensorflow as tf

from lib.runs.directories import metrics_of_epoch
from lib.system import files
from lib.training.trainer import Trainer
from lib.visual import curves, page, sheets

_CURVES_FRACTION = 0.01  # of the time since the start that drawing curves may take


class Progress:
    """Writes what there is to see after each epoch."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the run directory."""
        self._images = folder / page.FOLDER
        self._events = tf.summary.create_file_writer(str(folder / "events"))
        self._began = time.perf_counter()
        self._drawing = 0.0  # seconds

    def show(self, training: Trainer, history: list[dict], is_last: bool) -> None:
        """Write the files of the newest epoch of `history`.

        Curves begin with the second epoch; the page draws the last ones.
        """
        epoch = len(history)
        with self._events.as_default(epoch):
            for name, value in metrics_of_epoch(history[-1]).items():
                _write_event(tag=name, simple_value=value)
            images = training.preview()
            if images is not None:
                sheet = sheets.sheet(images, scale=2)
                path = self._images / f"epoch-{epoch:04}.png"
                sheets.save(sheet, path)
                png = path.read_bytes()
                with files.replaced(self._images / "newest.png") as temporary:
                    temporary.write_bytes(png)
                size = {"width": sheet.width, "height": sheet.height}
                _write_event(tag="images", image={"encoded_image_string": png, **size})
        self._events.flush()
        if epoch > 1 and not is_last:
            self._draw_curves(history)

    def _draw_curves(self, history: list[dict]) -> None:
        """Draw curves, unless that took more than a small part of the time so far."""
        began = time.perf_counter()
        if self._drawing <= _CURVES_FRACTION * (began - self._began):
            curves.draw(history, self._images / "curves.png")
            self._drawing += time.perf_counter() - began


def _write_event(**value: object) -> None:
    """Write one value; unlike `tf.summary.scalar` and `image`, this needs no other package."""
    summary = tf.compat.v1.Summary(value=[value])
    tf.summary.experimental.write_raw_pb(summary.SerializeToString())
