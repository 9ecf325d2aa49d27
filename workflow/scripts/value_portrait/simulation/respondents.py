"""Simulated respondents in the format of the European Social Survey, with planted differences between groups."""

import numpy as np
import pandas as pd

from value_portrait.personas.ess import ANSWERS, ITEMS, KEY, NO_ANSWER, ROUND, WEIGHT
from value_portrait.personas.ess_file import AXES, Groups

VALUES = tuple(KEY)  # in the order of the circle
COUNTRIES = ("XA", "XB")  # codes that no country has

RESPONDENTS = 3000

# What people share, in scale points: the usual order of the values.
LEVELS = dict(zip(VALUES, (0.5, 0.6, -0.1, 0.1, 0.4, -0.8, -0.4, -0.2, -0.6, 0.45), strict=True))
MEAN_ANSWER = 3.6
PERSON_RANGE = 0.7  # a person's own deviation in a value, drawn evenly up to this
# Along an axis, from its first group to its last, people move towards this value and its neighbours on the circle, away
# from its opposites: up to this many scale points.
DIRECTIONS = {
    "gender": ("Benevolence", 0.08),
    "age": ("Tradition", 0.3),
    "politics": ("Security", 0.15),
    "education": ("Self_Direction", 0.15),
}
OLDEST = 95
FEMALE_SHARE = 0.6  # of the sample; of the population half, which the weights restore
NO_CODE_SHARE, NO_ANSWER_SHARE = 0.03, 0.02
CARELESS_SHARE = 0.02  # too few answers; and as many with all answers alike


def planted_effects(groups: Groups) -> pd.DataFrame:
    """The truth: columns axis, group, dimension and planted (group mean minus mean of all, in scale points).

    Groups of an axis have equal shares of the population and stand at even distances, so their effects average to zero;
    over the 21 items they do, too, so centring within a person leaves them as they are.
    """
    counts = np.array([len(KEY[value]) for value in VALUES])
    rows = []
    for axis, cuts in groups.items():
        towards, size = DIRECTIONS[axis]
        angles = (np.arange(len(VALUES)) - VALUES.index(towards)) * 2 * np.pi / len(VALUES)
        pattern = np.cos(angles) - counts @ np.cos(angles) / counts.sum()
        for group, position in zip(cuts, np.linspace(-1, 1, len(cuts)), strict=True):
            rows += [
                {"axis": axis, "group": group, "dimension": value, "planted": size * position * part}
                for value, part in zip(VALUES, pattern, strict=True)
            ]
    return pd.DataFrame(rows)


def simulate_respondents(rng: np.random.Generator, n: int, groups: Groups) -> pd.DataFrame:
    """A file of ``n`` respondents as the ESS would give it, some of whom must be left out when it is scored.

    Answers are rounded up or down at random, in proportion, so that on average nothing is lost to rounding; none
    reaches the ends of the scale.
    """
    truth = planted_effects(groups).set_index(["axis", "group", "dimension"])["planted"]
    counts = [len(KEY[value]) for value in VALUES]
    latent = np.array([LEVELS[value] for value in VALUES])
    latent = MEAN_ANSWER + latent - np.average(latent, weights=counts)
    latent = latent + rng.uniform(-PERSON_RANGE, PERSON_RANGE, (n, len(VALUES)))
    columns: dict[str, np.ndarray] = {}
    weight = rng.uniform(0.5, 1.5, n)
    for axis, cuts in groups.items():
        variable, _, missing = AXES[axis]
        labels = list(cuts)
        if axis == "gender" and len(labels) == 2:
            member = (rng.random(n) < FEMALE_SHARE).astype(int)
            weight = weight * np.where(member, 0.5 / FEMALE_SHARE, 0.5 / (1 - FEMALE_SHARE))
        else:
            member = rng.integers(len(labels), size=n)
        effects = truth[axis].unstack("dimension").loc[labels, list(VALUES)].to_numpy()
        latent = latent + effects[member]
        low, high = np.array([cuts[label] for label in labels], int).T
        code = rng.integers(low[member], np.minimum(high, OLDEST)[member] + 1)
        columns[variable] = np.where(rng.random(n) < NO_CODE_SHARE, rng.choice(missing, n), code)
    answers = np.zeros((n, len(ITEMS)))
    for index, places in enumerate(KEY.values()):
        answers[:, np.array(places) - 1] = latent[:, [index]]
    answers = np.floor(answers + rng.random(answers.shape))
    codes = sum(ANSWERS) - answers
    codes = np.where(rng.random(codes.shape) < NO_ANSWER_SHARE, rng.choice(NO_ANSWER, codes.shape), codes)
    careless = rng.random(n)
    codes[careless < CARELESS_SHARE, 5:] = 99
    codes[careless > 1 - CARELESS_SHARE] = 2
    frame = pd.DataFrame(codes.astype(int), columns=list(ITEMS)).assign(**columns)
    frame.insert(0, "essround", ROUND)
    country = np.resize(COUNTRIES, n)
    number = np.arange(n) // len(COUNTRIES) + 1
    return frame.assign(
        edition="simulated", proddate="simulated", cntry=country, idno=number, **{WEIGHT: np.round(weight, 6)}
    )
