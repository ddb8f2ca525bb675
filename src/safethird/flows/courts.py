"""The channel of pending court cases."""

from __future__ import annotations

import numpy as np

from safethird.flows.distributions import Normals, poisson, thin
from safethird.flows.plan import Numbers, Plan, Put
from safethird.flows.series import Floats


class CourtCases:
    """The stock: motions, orders, and who is sent."""

    def __init__(self, plan: Plan, at: Numbers, draws: int) -> None:
        assert plan.scenario.stock is not None
        self.plan, self.at, self.path = plan, at, plan.scenario.stock.motions
        self.pending = np.floor(at("stock.pending") + 0.5)
        self.ready = np.zeros(draws)
        self.granted = np.zeros(draws)

    def open(self, month: int, whole: Normals, put: Put, coverage: Floats) -> None:
        """The month's motions and what becomes of them before anyone is sent. Motions are filed only against
        people whom the regime covers: its share of the composition."""
        policy = float(self.plan.policy)
        scale = self.at("stock.motions_scale") if self.at.has("stock.motions_scale") else 1.0
        decided = thin(self.pending, self.at("stock.decided"), whole[5])
        self.pending = self.pending - decided
        covered = np.floor(self.pending * np.clip(coverage @ self.plan.shares, 0.0, 1.0) + 1e-9)
        wanted = np.broadcast_to(self.path[min(month, len(self.path) - 1)] * scale * policy, covered.shape)
        motions = np.minimum(poisson(wanted, whole[6]), covered)
        self.granted = thin(motions, self.at("stock.granted"), whole[7])
        held = thin(self.granted, self.at("stock.stayed"), whole[8])
        self.pending = self.pending - self.granted
        self.ready = self.ready + self.granted - held
        put("stock_covered", covered)
        put("motions", motions)
        put("granted", self.granted)
        put("stock_held", held)

    def claim_on(self, places: Floats, waiting: Floats, first: str) -> Floats:
        """How many of the places go to people of this channel."""
        left = places if first == "stock" else np.maximum(places - waiting, 0.0)
        return np.asarray(np.minimum(self.ready, left))

    def close(self, sent: Floats, heard: Floats, whole: Normals, put: Put) -> None:
        """After the transfers: some leave by themselves; the others stay, their claims ended. What the sending
        state hears this month is pending from the next one on."""
        self.ready = self.ready - sent
        left = thin(self.ready, self.at("stock.left"), whole[9])
        self.ready = self.ready - left
        self.pending = self.pending + heard
        put("stock_pending", self.pending)
        put("stock_transferred", sent)
        put("stock_left", left)
        put("ended", self.granted - sent)
