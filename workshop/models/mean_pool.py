"""A classifier on an encoder: the mean of its token vectors, as the sentence vectors are made, and one linear layer."""

from typing import Any

import torch
from transformers import BertModel, BertPreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from workshop.models.texts import pool_mean


class MeanPoolClassifier(BertPreTrainedModel):
    """A transformers model: `save_pretrained`, `from_pretrained`, `config.id2label` and the Trainer are the library's.

    The library's own BertForSequenceClassification reads the first token's vector through a layer that a sentence
    encoder never trained; the mean is what lesson 02's vectors are.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.rounds_products = False
        self.post_init()

    def forward(
        self, input_ids: Any = None, attention_mask: Any = None, labels: Any = None, **others: Any
    ) -> SequenceClassifierOutput:
        """Return logits (B, C) of ids and mask (B, T), and with labels (B,) the mean cross-entropy as loss.

        With rounds_products, matrices are multiplied in bfloat16, while the weights and what they learn stay float32.
        """
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        with torch.autocast(input_ids.device.type, torch.bfloat16, enabled=self.rounds_products):
            states = self.bert(input_ids=input_ids, attention_mask=mask, **others).last_hidden_state  # (B, T, D)
        logits = self.classifier(pool_mean(states.float(), mask))  # (B, C)
        loss = None if labels is None else torch.nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)
