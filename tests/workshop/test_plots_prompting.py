from workshop.plots import alternative_text, plot_causal, plot_masked, plot_memory, plot_rows, plot_wordings
from workshop.plots.style import YOURS
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
        for size, weights in (("7 billion", 7), ("135 million", 0.135))
        for way, bytes_ in (("LoRA", 2.3), ("full tuning", 16))
    ]
    text = alternative_text(plot_memory(rows))
    assert "135 million: full tuning 2.2 GB, LoRA 0.3 GB; 7 billion: full tuning 112 GB, LoRA 16 GB" in text


def test_only_counted_tokens_are_told_and_all_are_drawn_in_order():
    tokens = ["<|im_start|>", "user", "\n", *(["word"] * 40), "yes", "<|im_end|>"]
    figure = plot_masked(tokens, [False] * 43 + [True] * 2)
    text = alternative_text(figure)
    assert "45 tokens are read; the loss counts the 2 orange ones. They are: yes<|im_end|>" in text
    drawn = figure.axes[0].texts
    assert [one.get_text() for one in drawn] == [token.replace("\n", "⏎") for token in tokens]
    spots = [one.get_position() for one in drawn]
    assert spots == sorted(spots, key=lambda spot: (-spot[1], spot[0]))
    assert len({spot[1] for spot in spots}) == 3
    fills = [one.get_bbox_patch().get_facecolor() for one in drawn]
    assert len(set(fills[:43])) == 1
    assert fills[42] != fills[43] == fills[44]


def test_rows_stand_where_they_are_put_with_the_learners_point():
    rows = [
        Row("04", method, "tickets", "judgement", 0.1 * step, 0, 0.9, settings={"steps": step})
        for method in ("LoRA", "random weights")
        for step in (5, 1)
    ]
    titled = {"title": "Two lines.", "x": "steps", "y": "right"}
    figure = plot_rows(rows, lambda row: row.settings["steps"], yours=[(3, 0.4)], **titled)
    assert "LoRA 0.10, 0.50; random weights 0.10, 0.50." in alternative_text(figure)
    [mine] = [line for line in figure.axes[0].lines if line.get_color() == YOURS]
    assert (list(mine.get_xdata()), list(mine.get_ydata())) == ([3], [0.4])
    named = plot_rows(rows, lambda row: row.value, name=lambda row: f"{row.settings['steps']} steps", **titled)
    assert [text.get_text() for text in named.axes[0].get_legend().get_texts()] == ["5 steps", "1 steps"]
