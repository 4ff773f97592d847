"""What our runs did where report and code of the original disagree, in Markdown."""

from report.content import Content


def ran(content: Content) -> dict[str, str]:
    """Return, for each disagreement's name, what our runs did."""
    return {
        "gan_epochs": f"{content.setting('gan_256', 'epochs'):,} epochs",
        "padding": "on the right",
        "convlstm_parameters": content.value("image2text", "parameters", ",.0f", "convlstm"),
        "interpolation": "both: @fig:vae-interpolation",
    }
