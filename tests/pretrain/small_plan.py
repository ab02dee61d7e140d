"""The plan of the small run that several tests share."""

from workshop.pretrain.run import Plan

PLAN = Plan(size="nano", steps=6, vocabulary=700, length=512, groups=80, save_every=0.0)
