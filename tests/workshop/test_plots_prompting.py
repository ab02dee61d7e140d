from workshop.plots import alternative_text, plot_causal, plot_memory, plot_wordings
from workshop.score.results import Row


def test_each_place_predicts_the_next_token_from_those_before():
    text = alternative_text(plot_causal(["Ahoy", ",", "the", "boat"]))
    assert "Ahoy: ,; Ahoy ,: the; Ahoy , the: boat." in text


def test_the_best_and_the_worst_prompt_are_named():
    rows = [
        Row("04", "prompt", "tickets", "values right", 0.1 * wording + 0.05 * examples,
            settings={"wording": wording, "examples": examples})
        for wording in (0, 1)
        for examples in (0, 1, 3)
    ]  # fmt: skip
    figure = plot_wordings(rows)
    assert "from 0.00 to 0.25" in alternative_text(figure)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["wording 1", "wording 2"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0", "1", "3"]


def test_gigabytes_are_told_for_each_size_and_way():
    rows = [
        Row("04", way, size, "gigabytes", weights * bytes_)
        for size, weights in (("135 million", 0.135), ("7 billion", 7))
        for way, bytes_ in (("full tuning", 16), ("LoRA", 2.3))
    ]
    text = alternative_text(plot_memory(rows))
    assert "7 billion: full tuning 112 GB, LoRA 16 GB" in text
