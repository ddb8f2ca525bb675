"""The model: cohorts of people, month by month, with and without the agreement, for many draws at once.

Nothing here is random. All chance comes in as `Noise` and as uniforms for the unknown numbers, made
beforehand; so both arms, every prior and every draft live through the same luck, and their difference is the
policy alone. Arrays run over draws first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from safethird.flows.courts import CourtCases
from safethird.flows.distributions import Normals, pieces, share_out, thin
from safethird.flows.plan import Noise, Numbers, Plan, Put
from safethird.flows.receiving import receive
from safethird.flows.series import Floats

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
    at = Numbers(plan, units, draws)
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
    stock = CourtCases(plan, at, draws) if scenario.stock else None
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
        receive(plan, at, out.monthly, noise)
    return out


class _Deterrence:
    """How arrivals answer to the chance of being sent, as people see it.

    Whoever can be covered by the agreement sees a chance; nationals of the receiving state, and others whom it
    never reaches, see none. For some months it is no less than what was announced; then people learn from what
    happens. Who arrives in a month set out some months before, by the times of the routes, and decided then.
    """

    def __init__(self, plan: Plan, at: Numbers, draws: int) -> None:
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


def _places(plan: Plan, at: Numbers, month: int, ordered: Floats, sent: Floats) -> Floats:
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
