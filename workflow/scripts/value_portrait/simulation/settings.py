"""How hard the simulated study is: as hard as a real one, or easy.

Numbers in scale points are for a scale of six options, and stretched to any other.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What people, items and models of a simulated study are like.

    Attributes
    ----------
    loaded_share : of the items; the others measure nothing.
    loading : scale points per standard deviation of the true score, drawn evenly.
    second_share, second_loading : of the items that measure a place on the circle: the next one as well.
    mean_rating : above the lowest, for an item of difficulty 0 (the ends of the scale take a little off).
    difficulty_sd : how differently items are liked.
    query_share : of the variance between items in difficulty, and in models' views: what a query's responses share.
    acquiescence_sd : how differently people rate whatever they read.
    value_acquiescence : how much of what the instrument's ``acquiescence`` plants is there, from 0 to 1.
    other_sd : what else items go by in which people differ, and which nobody asks about.
    noise_sd, noise_skew : of a person's single rating.
    score_sd, question_noise_sd : of true scores and of single answers in the raters' questionnaire.
    level : range of the models' mean ratings, above the lowest.
    spread : range of the factors by which models follow all that distinguishes items.
    liking : scale points by which models go along with an item's difficulty.
    shared_view_sd, own_view_sd : what all models, and one alone, make of an item beside their values.
    order_shift_sd, version_noise : between models; the range of the noise of single answers.
    """

    loaded_share: float
    loading: tuple[float, float]
    second_share: float
    second_loading: float
    mean_rating: float
    difficulty_sd: float
    query_share: float
    acquiescence_sd: float
    value_acquiescence: float
    other_sd: float
    noise_sd: float
    noise_skew: float
    score_sd: float
    question_noise_sd: float
    level: tuple[float, float]
    spread: tuple[float, float]
    liking: float
    shared_view_sd: float
    own_view_sd: float
    order_shift_sd: float
    version_noise: tuple[float, float]


# Calibrated to the archive of Value Portrait; the test of this module has its figures and how near these come.
REALISTIC = Setting(
    loaded_share=0.45,
    loading=(0.5, 1.0),
    second_share=0.25,
    second_loading=0.4,
    mean_rating=3.07,
    difficulty_sd=0.63,
    query_share=0.3,
    acquiescence_sd=0.58,
    value_acquiescence=1,
    other_sd=0.55,
    noise_sd=1.15,
    noise_skew=-1,
    score_sd=0.7,
    question_noise_sd=0.75,
    level=(2.25, 4.15),
    spread=(0.25, 1.7),
    liking=0.6,
    shared_view_sd=0.5,
    own_view_sd=0.45,
    order_shift_sd=0.4,
    version_noise=(0.2, 1.25),
)

# Nothing here is an estimate: there is something to find, and little that hides it.
EASY = Setting(
    loaded_share=0.45,
    loading=(0.6, 1.0),
    second_share=0.25,
    second_loading=0.6,
    mean_rating=2.9,
    difficulty_sd=0.5,
    query_share=0,
    acquiescence_sd=0.5,
    value_acquiescence=0,
    other_sd=0,
    noise_sd=1.1,
    noise_skew=0,
    score_sd=0.9,
    question_noise_sd=0.6,
    level=(2.6, 3.2),
    spread=(0.6, 1.1),
    liking=1,
    shared_view_sd=0,
    own_view_sd=0.35,
    order_shift_sd=0.15,
    version_noise=(0.05, 0.5),
)

SETTINGS = {"realistic": REALISTIC, "easy": EASY}
