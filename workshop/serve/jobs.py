"""Fine-tuning jobs: one after the other in a thread of their own, each a LoRA beside the language model."""

import queue
import random
import shutil
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from workshop.models.memory import trim_memory
from workshop.serve.bodies import JobBody
from workshop.serve.files import path_of
from workshop.serve.lines import read_examples
from workshop.serve.records import OPEN, Record, Records, new_id
from workshop.serve.refusals import Refusal
from workshop.serve.served import Models, share_weights
from workshop.tune import Report, add_lora, fine_tune, training

RANK, BATCH = 8, 2
# A job's events tell its loss so many times.
TOLD = 20
STOPPED = "the server stopped while this job was training. Create it again."


class Trainer(threading.Thread):
    """Runs the jobs of a folder; those that a server before left running have failed, those queued are queued."""

    def __init__(self, records: Records, models: Models) -> None:
        super().__init__(daemon=True)
        self.records, self.models = records, models
        self._guard, self._stopping = threading.Lock(), False
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        for job in reversed(records.newest("jobs")):
            if job["status"] == "queued":
                self._waiting.put(job["id"])
            self._fail(job["id"], "server_stopped", STOPPED)

    def create(self, body: JobBody) -> Record:
        """Put a job in the queue and return it; raises Refusal for a model that can't be tuned and a missing file."""
        if body.model != self.models.base_name:
            self.models.find(body.model)
            text = f"only {self.models.base_name} can be tuned here."
            raise Refusal(text, code="invalid_value", param="model")
        if body.training_file not in [one["id"] for one in self.records.newest("files")]:
            text = f"there is no file {body.training_file!r}. Upload it first: client.files.create(…)."
            raise Refusal(text, code="invalid_training_file", param="training_file")
        given = body.hyperparameters or body.method.supervised.hyperparameters
        chosen = {
            "n_epochs": given.n_epochs or training.EPOCHS,
            "batch_size": given.batch_size or BATCH,
            "learning_rate_multiplier": given.learning_rate_multiplier or 1.0,
        }
        job = {
            "id": new_id("ftjob-"), "object": "fine_tuning.job", "created_at": int(time.time()), "error": None,
            "fine_tuned_model": None, "finished_at": None, "hyperparameters": chosen, "model": body.model,
            "organization_id": "workshop", "result_files": [], "status": "queued", "trained_tokens": None,
            "seed": random.randrange(2**31) if body.seed is None else body.seed, "training_file": body.training_file,
            "validation_file": None, "integrations": [], "metadata": body.metadata, "user_provided_suffix": body.suffix,
            "method": {"type": "supervised", "supervised": {"hyperparameters": chosen}},
        }  # fmt: skip
        self.records.save("events", {"id": job["id"], "data": []})
        self._tell(job["id"], "The job is queued.")
        self.records.save("jobs", job)
        self._waiting.put(job["id"])
        return job

    def cancel(self, name: str) -> Record:
        """Cancel a job, a running one after its step; raises Refusal for one that is over."""
        status = self.records.find("jobs", name)["status"]
        if not self._move(name, OPEN, "cancelled", finished_at=int(time.time())):
            raise Refusal(f"the job {name} is over: {status}.", code="invalid_value")
        self._tell(name, "The job is cancelled.")
        return self.records.find("jobs", name)

    def stop(self) -> None:
        """Stop after the present step; its job has failed, those in the queue stay there."""
        self._stopping = True
        self._waiting.put(None)
        self.join()

    def run(self) -> None:
        """Run jobs until stopped."""
        while (name := self._waiting.get()) and not self._stopping:
            if not self._move(name, ("queued",), "running"):
                continue
            try:
                self._train(self.records.find("jobs", name))
            except Exception as error:
                self._fail(name, "training_failed", f"{type(error).__name__}: {error}")

    def _train(self, job: Record) -> None:
        """Tune the language model by a job's file and keep the adapter."""
        name, chosen, models = job["id"], job["hyperparameters"], self.models
        content = path_of(self.records, job["training_file"]).read_bytes()
        examples = read_examples(models.tokenizer, content, models.base.config.max_position_embeddings)
        self._tell(name, f"The training begins: {len(examples)} examples, LoRA of rank {RANK}.")
        part = self.records.folder / "models" / f".{name}.part"
        with models.turns, _thrown_away(part):
            tuned = add_lora(share_weights(models.base), RANK, seed=job["seed"])
            rate = training.RATE * chosen["learning_rate_multiplier"]
            plan = {"epochs": chosen["n_epochs"], "batch": chosen["batch_size"], "rate": rate, "seed": job["seed"]}
            _without_bar(fine_tune)(tuned, examples, **plan, tell=lambda report: self._after_step(name, report))
            if self._stopping:
                self._fail(name, "server_stopped", STOPPED)
                return
            tuned.save_pretrained(part)
            part.rename(models.folder_of(job))
        facts = {
            "fine_tuned_model": f"ft:{job['model']}:{job['user_provided_suffix'] or ''}:{name[-6:]}",
            "trained_tokens": chosen["n_epochs"] * sum(len(one.ids) for one in examples),
        }
        if self._move(name, ("running",), "succeeded", finished_at=int(time.time()), **facts):
            self._tell(name, f"The model is ready: {facts['fine_tuned_model']}.")
        else:  # cancelled after the last step
            shutil.rmtree(models.folder_of(job))

    def _after_step(self, name: str, report: Report) -> bool:
        """Tell a step's loss now and then and let answers be written; returns whether the training is to stop."""
        if report.step == report.steps or report.step % -(-report.steps // TOLD) == 0:
            facts = {"step": report.step, "total_steps": report.steps, "train_loss": round(report.loss, 4)}
            self._tell(name, f"Step {report.step} of {report.steps}: loss {report.loss:.3f}", data=facts)
        trim_memory()  # an answer is written now, and its memory would come on top
        self.models.turns.make_way()
        return self._stopping or self.records.find("jobs", name)["status"] != "running"

    def _move(self, name: str, before: tuple[str, ...], status: str, **facts: Any) -> bool:
        """Give a job a status if it has one of those before; returns whether it had."""
        with self._guard:
            job = self.records.find("jobs", name)
            if job["status"] in before:
                self.records.save("jobs", {**job, "status": status, **facts})
            return job["status"] in before

    def _fail(self, name: str, code: str, text: str) -> None:
        """Let a running job fail."""
        error = {"code": code, "message": text, "param": None}
        if self._move(name, ("running",), "failed", error=error, finished_at=int(time.time())):
            self._tell(name, text, level="error")

    def _tell(self, name: str, text: str, *, level: str = "info", data: dict[str, Any] | None = None) -> None:
        """Add an event to a job's."""
        event = {
            "id": new_id("ftevent-"), "object": "fine_tuning.job.event", "created_at": int(time.time()),
            "level": level, "message": text, "type": "metrics" if data else "message", "data": data,
        }  # fmt: skip
        with self._guard:
            before = self.records.find("events", name)["data"]
            self.records.save("events", {"id": name, "data": [*before, event]})


@contextmanager
def _thrown_away(part: Any) -> Iterator[None]:
    """Throw away, when a `with` block is over, what was left half made in a folder, by a killed server too."""
    try:
        yield
    finally:
        for left in part.parent.glob(".*.part"):
            shutil.rmtree(left, ignore_errors=True)


def _without_bar(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of workshop.tune.training's that draws no progress bar.

    In a notebook, a bar of another thread would catch what cells print meanwhile.
    """

    @contextmanager
    def silent() -> Iterator[Callable[[Report], None]]:
        yield lambda report: None

    bare = types.FunctionType(function.__code__, {**function.__globals__, "_progress": silent})
    bare.__kwdefaults__ = function.__kwdefaults__
    return bare
