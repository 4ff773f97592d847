"""What our runs do on each point where report and code of the original disagree, in Markdown."""

from report.content import Content

_KL = {
    "none": "not in the loss",
    "sum": "in the loss, summed",
    "mean": "in the loss, averaged",
}


def ran(content: Content) -> dict[str, str]:
    """Return what our runs do, by the name of each disagreement."""
    convlstm, unaugmented = (
        content.setting("image2text", "epochs", variant)
        for variant in ("convlstm", "flatten-unaugmented")
    )
    tested = content.setting("image2text", "validation_fraction", "flatten")
    kl = content.setting("vae_64", "kl")
    return {
        "kl": {
            "none": "not in the loss",
            "sum": "in the loss, summed",
            "mean": "in the loss, averaged",
        }[kl],
        "padding": "on the right",
        "interpolation": "both: @fig:vae-interpolation",
        "convlstm_epochs": f"{convlstm:,}",
        "unaugmented_epochs": f"{unaugmented:,}",
        "queries": "all, at the full scale",
        "test_fraction": f"{tested:.0%}, with augmentation",
        "samples": "both, separately",
        "image_sizes": "see @sec:data",
    }
