"""The model: cohorts of people, month by month, with and without the agreement, for many draws at once.

Nothing here is random. All chance comes in as `Noise` and as uniforms for the unknown numbers, made
beforehand; so both arms, every prior and every draft live through the same luck, and their difference is the
policy alone. Arrays run over draws first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from safethird.flows import baseline
from safethird.flows.baseline import Baseline
from safethird.flows.distributions import Distribution, Normals, pieces, poisson, share_out, thin
from safethird.flows.scenario import Scenario
from safethird.flows.series import Floats

Put = Callable[[str, Floats], None]
POSTPONED_OVER = 6
"""Months over which those who put off their journey arrive after all, in equal parts."""

MONTHLY = (
    "arrivals_without", "arrivals", "direct", "claims_without", "claims", "covered", "assigned",
    "excepted", "ordered", "transferred", "released", "waiting", "applied", "home", "again", "other",
    "repeat", "deterred", "displaced", "elsewhere", "postponed", "stayed", "came_late",
    "backlog_without", "backlog", "decided", "decided_without", "motions", "granted",
    "stock_pending", "stock_covered", "stock_held", "stock_transferred", "stock_left", "ended",
    "perceived",
)  # fmt: skip
"""What the model gives for every draw and month. `stayed`: deterred and gone nowhere. `claims`: heard in the
sending state. `arrivals`: those who come at once, those who put it off (`came_late`) and those who come again
(`repeat`); all are put through the agreement. `stock_held`: ordered in court, and stayed by an appeal. `ended`:
court claims ended by order less those sent, so a month in which more are sent than ordered is below zero."""

CELLS = ("without", "arrivals", "transferred", "deterred")
"""Totals over the horizon by cell: arrivals without and with the agreement, people sent, people deterred. They add
up, over cells, to the monthly numbers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a scenario that is not a draw."""

    scenario: Scenario
    base: Baseline
    shares: Floats
    """Of the cells, before the start; they add up to 1."""
    certain: Floats
    """Cells by months."""
    possible: Floats
    number: int
    """People on whom coverage rests, per cell."""
    deterrence: Distribution
    policy: bool = True
    """Without: nobody is assigned, nothing is announced."""

    @property
    def unknowns(self) -> dict[str, Distribution]:
        """All unknown numbers that the draws move, with deterrence and the unknown facts."""
        found = {name: one for name, one in self.scenario.unknowns.items() if one.moving()}
        if self.deterrence.moving():
            found["deterrence.eps"] = self.deterrence
        if float(np.max(self.possible - self.certain)) > 0:
            found["law.unknown_facts"] = Distribution(
                "uniform", (0.0, 1.0), "assumption", "any point between certain and possible coverage"
            )
        return found


@dataclass(frozen=True, slots=True)
class Noise:
    """The luck of some draws."""

    steps: Floats
    """Of the baseline: draws by months from the last month of data."""
    mix: Normals
    """Of the composition: draws by months by cells, normal."""
    cells: Normals
    """Of counts in cells: draws by months by cells by stages, normal."""
    sample: Normals
    """Of the synthetic population: draws by cells, normal."""
    counts: Normals
    """Of counts in all: draws by months by stages, normal."""


_CELL_STAGES = 4
_STAGES = 12


def make_noise(plan: Plan, draws: int, *key: int) -> Noise:
    """The luck of a block of draws; `key` is the seed and the number of the block. Each part has a stream of
    its own, so that a scenario with another horizon or other cells keeps what it shares with this one."""
    size, cells, ahead = plan.scenario.horizon, len(plan.shares), plan.scenario.ahead

    def stream(part: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence([*key, part]))

    single = np.float32
    return Noise(
        baseline.steps(stream(1), draws, ahead),
        stream(2).standard_normal((draws, size, cells), dtype=single),
        stream(3).standard_normal((size, _CELL_STAGES, draws, cells), dtype=single),
        stream(4).standard_normal((draws, cells), dtype=single),
        stream(5).standard_normal((size, _STAGES, draws), dtype=single),
    )


def make_units(plan: Plan, draws: int, *key: int) -> dict[str, Floats]:
    """Uniforms for the unknown numbers, one stream for each name."""
    found = {}
    for name in plan.unknowns:
        stream = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
        found[name] = np.random.default_rng(np.random.SeedSequence([*key, 6, stream])).random(draws)
    return found


class Result:
    """What came out: monthly arrays by name, draws by months; and totals by cell, draws by cells."""

    __slots__ = ("cells", "monthly")

    def __init__(self, draws: int, months: int, cells: int) -> None:
        self.monthly: dict[str, Floats] = {name: np.zeros((draws, months)) for name in MONTHLY}
        self.cells: dict[str, Floats] = {name: np.zeros((draws, cells)) for name in CELLS}


class _Later:
    """People who come in a later month: how many in each, and of which cells. Whoever comes first is taken from
    the cells in proportion; nobody comes twice and nobody is lost."""

    def __init__(self, draws: int, months: int, cells: int) -> None:
        self.due = np.zeros((months, draws))
        self.pool = np.zeros((draws, cells))

    def add(self, month: int, by_cell: Floats, parts: Floats | tuple[float, ...]) -> None:
        """More people, spread over the months from `month` on; those beyond the horizon stay in the pool."""
        self.pool += by_cell
        spread = pieces(by_cell.sum(axis=1), parts)
        for at in range(min(spread.shape[1], len(self.due) - month)):
            self.due[month + at] += spread[:, at]

    def take(self, month: int) -> Floats:
        """Those of a month, by cell."""
        if not self.due[month].any():
            return np.zeros_like(self.pool)
        found = share_out(self.due[month], self.pool)
        self.pool -= found
        return found


def simulate(  # noqa: PLR0915 - one month, in the order in which things happen
    plan: Plan, units: Mapping[str, Floats], noise: Noise
) -> Result:
    """Both arms for a block of draws."""
    scenario, months = plan.scenario, plan.scenario.horizon
    draws, cells = noise.sample.shape
    at = _Numbers(plan, units, draws)
    out = Result(draws, months, cells)
    ones = np.ones(cells)  # sums over cells of whole numbers are exact in any order
    paths = plan.base.paths_of(noise.steps)[:, -months:]
    mix = _composition(plan, at("composition.drift"), noise)
    coverage = _coverage(plan, at.unit("law.unknown_facts"), noise)
    deterrence = _Deterrence(plan, at, draws)
    queue = np.zeros((draws, cells))
    late, again = _Later(draws, months, cells), _Later(draws, months, cells)
    applying = np.zeros((draws, months + len(scenario.apply_after) + 1))
    sent = np.zeros(draws)
    stock = _StockState(plan, at, draws) if scenario.stock else None
    parts = np.stack(
        [at("deterrence.displaced"), at("deterrence.elsewhere"), at("deterrence.postponed")], axis=1
    )
    parts = _four(parts)
    choices = _four(
        np.stack([at("after_transfer.apply"), at("after_transfer.home"), at("after_transfer.again")], axis=1)
    )
    sixths = np.full(POSTPONED_OVER, 1 / POSTPONED_OVER)
    for month in range(months):
        luck, whole = noise.cells[month].astype(float), noise.counts[month].astype(float)
        put = _putter(out, month)
        without = np.floor(paths[:, month, None] * mix[month] + 0.5)
        direct = np.floor(without * deterrence.factor(month) + 0.5)
        deterred = without - direct
        gone = pieces(deterred @ ones, parts)
        if month + 1 < months:
            late.add(month + 1, share_out(gone[:, 2], deterred), sixths)
        came_late = late.take(month)
        back = again.take(month)
        repeat = share_out(thin(back @ ones, at("after_transfer.detected"), whole[0]), back)
        people = direct + came_late + repeat
        put("perceived", _mean(deterrence.perceived, without))
        for name, column in zip(("displaced", "elsewhere", "postponed", "stayed"), gone.T, strict=True):
            put(name, column)
        for name, value in (
            ("arrivals_without", without),
            ("direct", direct),
            ("deterred", deterred),
            ("came_late", came_late),
            ("repeat", repeat),
            ("arrivals", people),
        ):
            put(name, value @ ones)

        claim = at("shares.claim")[:, None]
        put("claims_without", thin(without, claim, luck[0]) @ ones)
        claims = thin(people, claim, luck[0])
        covered = thin(claims, coverage(month), luck[1])
        assigned = thin(covered, at("shares.assigned")[:, None] * float(plan.policy), luck[2])
        excepted = thin(assigned, at("shares.excepted")[:, None], luck[3])
        ordered = assigned - excepted
        pool = queue + ordered
        waiting = pool @ ones
        places = _places(plan, at, month, ordered @ ones, sent)
        if stock is not None:
            stock.open(month, whole, put, coverage(month))
            theirs = stock.claim_on(places, waiting, scenario.stock.first if scenario.stock else "border")
        else:
            theirs = np.zeros(draws)
        transferred = np.minimum(waiting, places - theirs)
        by_cell = share_out(transferred, pool)
        rest = pool - by_cell
        released = share_out(thin(rest @ ones, at("shares.released"), whole[1]), rest)
        queue = rest - released
        sent = sent + transferred + theirs
        heard = (claims - ordered) @ ones + released @ ones
        if stock is not None:
            stock.close(theirs, heard, whole, put)
        for name, value in (
            ("covered", covered),
            ("assigned", assigned),
            ("excepted", excepted),
            ("ordered", ordered),
            ("released", released),
            ("waiting", queue),
        ):
            put(name, value @ ones)
        put("claims", heard)
        put("transferred", transferred)
        for name, value in (
            ("without", without),
            ("arrivals", people),
            ("transferred", by_cell),
            ("deterred", deterred),
        ):
            out.cells[name] += value

        there = _choose(transferred + theirs, choices, whole)
        applying[:, month : month + len(scenario.apply_after)] += pieces(there[0], scenario.apply_after)
        again.add(month, _of_cells(there[2], by_cell, theirs, plan.shares), scenario.again_after)
        put("applied", applying[:, month])
        for name, value in zip(("home", "again", "other"), there[1:], strict=True):
            put(name, value)
        deterrence.learn(by_cell, people)
    if scenario.receiving_stops is not None:
        _receive(plan, at, out, noise)
    return out


class _Deterrence:
    """How arrivals answer to the chance of being sent, as people see it.

    Whoever can be covered by the agreement sees a chance; nationals of the receiving state, and others whom it
    never reaches, see none. For some months it is no less than what was announced; then people learn from what
    happens. Who arrives in a month set out some months before, by the times of the routes, and decided then.
    """

    def __init__(self, plan: Plan, at: _Numbers, draws: int) -> None:
        self.eps = at("deterrence.eps") if plan.policy else np.zeros(draws)
        self.memory = at("deterrence.memory")[:, None]
        reached = plan.possible.max(axis=1) > 0
        self.announced = at("deterrence.announced")[:, None] * reached if plan.policy else None
        self.months = plan.scenario.announced_months
        self.perceived = np.zeros((draws, len(plan.shares)))
        self.lags = plan.scenario.lags
        self.past: list[Floats] = []
        """What deterrence left of those who set out, the latest month first."""

    def factor(self, month: int) -> Floats:
        """The share of arrivals that is left in a month: draws by cells."""
        if self.announced is not None and month < self.months:
            np.maximum(self.perceived, self.announced, out=self.perceived)
        self.past.insert(0, np.exp(-self.eps[:, None] * self.perceived))
        del self.past[self.lags.shape[1] :]
        if self.lags.shape[1] == 1:
            return self.past[0]
        left = 1 - self.lags[:, : len(self.past)].sum(axis=1)  # they set out before the agreement
        found = np.broadcast_to(left, self.perceived.shape).copy()
        for lag, then in enumerate(self.past):
            found += self.lags[:, lag] * then
        return np.asarray(np.minimum(found, 1.0))

    def learn(self, sent: Floats, people: Floats) -> None:
        """Take in the share that was sent this month."""
        seen = np.divide(sent, people, out=np.zeros_like(people), where=people > 0)
        self.perceived = (1 - self.memory) * self.perceived + self.memory * np.minimum(seen, 1.0)


def _of_cells(people: Floats, border: Floats, court: Floats, shares: Floats) -> Floats:
    """Those of the people sent who set out again, by cell: from the border by the cells that were sent, from the
    courts by the composition."""
    total = border.sum(axis=1)
    if not court.any():
        return share_out(people, border)
    both = share_out(people, np.stack([total, court], axis=1))
    return share_out(both[:, 0], border) + pieces(both[:, 1], shares)


def _putter(out: Result, month: int) -> Put:
    monthly = out.monthly

    def put(name: str, value: Floats) -> None:
        monthly[name][:, month] = value

    return put


class _Numbers:
    """The unknown numbers of the draws, made when first asked for."""

    def __init__(self, plan: Plan, units: Mapping[str, Floats], draws: int) -> None:
        self._known: dict[str, Floats] = {}
        self._plan, self._units, self._draws = plan, units, draws
        self._all = {**plan.scenario.unknowns, "deterrence.eps": plan.deterrence}

    def __call__(self, name: str) -> Floats:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._all[name].at(self.unit(name))
        return found

    def has(self, name: str) -> bool:
        """Whether the scenario speaks of it."""
        return name in self._all

    def unit(self, name: str) -> Floats:
        """The uniforms of a name; the middle for numbers that do not move."""
        given = self._units.get(name)
        return np.full(self._draws, 0.5) if given is None else given


def _four(three: Floats) -> Floats:
    """Three shares and what they leave; where they leave nothing they are cut to one in proportion."""
    total = np.maximum(three.sum(axis=1, keepdims=True), 1.0)
    three = three / total
    return np.concatenate([three, np.maximum(1 - three.sum(axis=1, keepdims=True), 0.0)], axis=1)


def _mean(values: Floats, weights: Floats) -> Floats:
    total = weights.sum(axis=1)
    return np.asarray(
        np.divide((values * weights).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    )


def _composition(plan: Plan, drift: Floats, noise: Noise) -> list[Floats]:
    """Shares of the cells, month by month: a random walk of log-ratios from the last shares that are
    known."""
    log_share = np.log(np.maximum(plan.shares, 1e-12))
    moved = np.cumsum(noise.mix, axis=1) * drift[:, None, None]
    found = []
    for month in range(moved.shape[1]):
        weight = np.exp(log_share + moved[:, month])
        weight[:, plan.shares <= 0] = 0.0
        found.append(weight / weight.sum(axis=1, keepdims=True))
    return found


def _coverage(plan: Plan, unit: Floats, noise: Noise) -> Callable[[int], Floats]:
    """The covered share of each cell in a month: between certain and possible, with the error of the
    sample."""

    def of(month: int) -> Floats:
        low, high = plan.certain[:, month], plan.possible[:, month]
        share = low + (high - low) * unit[:, None]
        error = np.sqrt(np.maximum(low * (1 - low), high * (1 - high)) / plan.number)
        # Where everybody is answered alike there is no sample to be wrong about.
        return np.asarray(np.clip(share + error * noise.sample, 0.0, 1.0))

    return of


def _places(plan: Plan, at: _Numbers, month: int, ordered: Floats, sent: Floats) -> Floats:
    """How many people can be sent in a month."""
    ramp = plan.scenario.ramp[min(month, len(plan.scenario.ramp) - 1)] if plan.policy else 0.0
    if at.has("capacity.people"):
        places = np.floor(at("capacity.people") * ramp + 0.5)
    elif at.has("capacity.share"):
        places = np.floor(at("capacity.share") * ramp * ordered + 0.5)
    else:
        seats = at("capacity.flights") * at("capacity.seats") * (1 - at("capacity.no_show"))
        places = np.floor(seats * ramp + 0.5)
    if plan.scenario.most is not None:
        places = np.minimum(places, np.maximum(plan.scenario.most - sent, 0.0))
    return np.asarray(places)


def _choose(people: Floats, shares: Floats, whole: Normals) -> tuple[Floats, Floats, Floats, Floats]:
    """What people do after the transfer: apply there, go home, set out again, other."""
    left, rest = people, np.ones(len(people))
    found = []
    for stage in range(3):
        chance = np.divide(shares[:, stage], rest, out=np.zeros_like(rest), where=rest > 1e-12)
        went = thin(left, np.minimum(chance, 1.0), whole[2 + stage])
        found.append(went)
        left, rest = left - went, rest - shares[:, stage]
    return found[0], found[1], found[2], left


class _StockState:
    """The channel of pending court cases: motions, orders, and who is sent."""

    def __init__(self, plan: Plan, at: _Numbers, draws: int) -> None:
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


def _receive(plan: Plan, at: _Numbers, out: Result, noise: Noise) -> None:
    """The queue of the receiving state, in both arms, with the same own claims and the same officers."""
    assert plan.scenario.receiving_stops is not None
    pending = np.floor(at("receiving.pending") + 0.5)
    backlog = {"": pending, "_without": pending}
    for month in range(plan.scenario.horizon):
        whole = noise.counts[month]
        own = poisson(at("receiving.own_claims"), whole[10])
        works = month not in plan.scenario.receiving_stops
        able = poisson(at("receiving.decisions"), whole[11]) if works else np.zeros_like(own)
        for arm, arriving in (("", out.monthly["applied"][:, month]), ("_without", 0.0)):
            decided = np.minimum(backlog[arm], able)
            # The same share gives up in both arms; whole people, without luck of its own.
            gave_up = np.floor((backlog[arm] - decided) * at("receiving.abandoned") + 0.5)
            backlog[arm] = backlog[arm] + own + arriving - decided - gave_up
            out.monthly[f"backlog{arm}"][:, month] = backlog[arm]
            out.monthly[f"decided{arm}"][:, month] = decided + gave_up
