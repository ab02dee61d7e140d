"""The language model's card, and the adapters that come with the workshop: how they are made, chosen and measured."""
