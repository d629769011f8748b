"""Medians, spreads, and ratios paired within a round."""

import random
import statistics

RESAMPLES = 2000


def median(values):
    return statistics.median(values) if values else None


def spread(values):
    return (min(values), max(values)) if values else None


def interval(values, seed=1):
    """A 95 % bootstrap interval of the median; the seed is fixed so a report repeats exactly."""
    if len(values) < 3:
        return spread(values)
    draw = random.Random(seed)
    medians = sorted(statistics.median(draw.choices(values, k=len(values)))
                     for _ in range(RESAMPLES))
    return medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES) - 1]


def comparable(pace, other):
    """Whether two runs had their CPUs equally far apart; where it was not measured, they do."""
    return not pace or not other or max(pace, other) < 1.8 * min(pace, other)


def alike(runs):
    """The runs whose CPUs were equally far apart: the set with most peers, then most runs."""
    sets = [[run for run in runs if comparable(run.get("pace_ns"), one.get("pace_ns"))]
            for one in runs]
    return max(sets, key=lambda one: (peers_in(one), len(one)), default=[])


def peers_in(runs):
    return len({run["peer"] for run in runs})


def _nearest(run, candidates):
    fit = [other for other in candidates if comparable(run.get("pace_ns"), other.get("pace_ns"))]
    return min(fit, key=lambda other: abs(other["round"] - run["round"]), default=None)


def paired_ratios(runs, metric, peer, others):
    """Each run of peer over the best of the others' comparable runs nearest to it in time. Where a
    rival that has good runs has no comparable one, the run does not count: no rival is left out."""
    good = [run for run in runs if run["good"] and run.get(metric)]
    rivals = [[run for run in good if run["peer"] == name] for name in others]
    rivals = [candidates for candidates in rivals if candidates]
    ratios = []
    for run in good:
        if run["peer"] != peer or not rivals:
            continue
        nearest = [_nearest(run, candidates) for candidates in rivals]
        if None not in nearest:
            ratios.append(run[metric] / min(other[metric] for other in nearest))
    return ratios
