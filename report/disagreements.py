"""What our runs did where report and code of the original disagree, in Markdown."""

from report.content import Content


def ran(content: Content) -> dict[str, str]:
    """Return, for each disagreement's name, what our runs did."""
    convlstm, unaugmented = (
        content.setting("image2text", "epochs", variant)
        for variant in ("convlstm", "flatten-unaugmented")
    )
    tested = content.setting("image2text", "validation_fraction", "flatten")
    kl = content.setting("vae_64", "kl")
    return {
        "kl": {"none": "in no loss", "sum": "summed", "mean": "averaged"}[kl],
        "padding": "behind",
        "interpolation": "both: @fig:vae-interpolation",
        "convlstm_epochs": f"{convlstm:,}",
        "unaugmented_epochs": f"{unaugmented:,}",
        "queries": "all there are, at the full scale",
        "test_fraction": f"{tested:.0%}, with augmentation",
        "samples": "both, apart",
        "image_sizes": "see @sec:data",
    }
