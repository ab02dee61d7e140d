"""The runs that lesson 03 shows beside the learner's own: its live training again, and epoch after epoch."""

import time

import numpy as np

from studies.finetune_classifier.network import LONGEST_STEP, Network, draw_batches, score_texts
from studies.finetune_classifier.runs import Cell, mean_loss
from studies.finetune_classifier.texts import draw_labelled, groups_of, labels_of, split, states_of, texts_of

SHARES = (0.6, 0.2, 0.2)


def run_live(rate: float, epochs: int, labels: int, seed: int) -> Cell:
    """Train all layers on tone as the lesson's cell does, with the package's loop; the seed splits too.

    labels: how many training tickets at most; 0: all. Returns the test's macro F1.
    """
    from sklearn.metrics import f1_score

    from workshop.exercises.finetune_classifier import split_by_customer
    from workshop.models import load_classifier, predict_logits
    from workshop.settings import Settings
    from workshop.tune import fine_tune, make_text_examples

    texts, (classes, names) = texts_of("tickets"), labels_of("tone")
    train, _, test = split_by_customer(list(groups_of("tone")), SHARES, seed)
    train = train[: labels or None]
    tokenizer, model = load_classifier(Settings(threads=1), names, seed=seed)
    examples = make_text_examples(tokenizer, [texts[row] for row in train], classes[train].tolist())
    start = time.process_time()
    done = fine_tune(model, examples, epochs=epochs, rate=rate, batch=16, seed=seed)
    seconds = time.process_time() - start
    predicted = predict_logits(tokenizer, model, [texts[row] for row in test]).argmax(axis=1)
    score = f1_score(classes[test], predicted, average="macro", zero_division=0)
    return {"seconds": seconds, "macro_f1": float(score), "steps": len(done.losses)}


def run_epochs(labels: int, rate: float, epochs: int, seed: int) -> Cell:
    """Train the top layers on tone at a constant rate, and keep both losses after each epoch (first fold)."""
    import torch

    states, (classes, names) = states_of("tickets"), labels_of("tone")
    rows, validation = draw_labelled("tone", 0, labels, seed), split("tone", 0)[1]
    network = Network("top", len(names), seed)
    optimizer = torch.optim.AdamW(network.weights, lr=rate, weight_decay=0.01, fused=True)
    batches = draw_batches([len(states[row]) for row in rows], 16, seed)
    found: Cell = {"training_loss": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        for _ in range(-(-labels // 16)):
            some = rows[next(batches)]
            scores = network.classify([states[row] for row in some])
            torch.nn.functional.cross_entropy(scores, torch.from_numpy(classes[some])).backward()
            torch.nn.utils.clip_grad_norm_(network.weights, LONGEST_STEP)
            optimizer.step()
            optimizer.zero_grad()
        known, asked = (score_texts(network, [states[row] for row in part]) for part in (rows, validation))
        found["training_loss"].append(mean_loss(known, classes[rows]))
        found["validation_loss"].append(mean_loss(asked, classes[validation]))
        found["validation_accuracy"].append(float(np.mean(asked.argmax(axis=1) == classes[validation])))
    return found
