"""The three families of dimensions, in the order in which figures and tables show them.

Values and higher-order values are those of Schwartz's Portrait Values Questionnaire (PVQ), traits those of
the Big Five Inventory (BFI). Names are the archive's.
"""

# The order of the ten values is the order on Schwartz's circle: neighbours share a motivation.
FAMILIES: dict[str, tuple[str, ...]] = {
    "pvq": (
        "Universalism",
        "Benevolence",
        "Conformity",
        "Tradition",
        "Security",
        "Power",
        "Achievement",
        "Hedonism",
        "Stimulation",
        "Self_Direction",
    ),
    "higher_pvq": ("Self_Transcendence", "Conservation", "Self_Enhancement", "Openness_to_Change"),
    "bfi": ("Openness", "Conscientiousness", "Extraversion", "Agreeableness", "Neuroticism"),
}

# The axis of the values that a model is told to hold.
STEERING = "steering"

# What the higher-order values are made of; opposites stand two apart (Schwartz 1992).
HIGHER_VALUES: dict[str, tuple[str, ...]] = {
    "Self_Transcendence": ("Universalism", "Benevolence"),
    "Conservation": ("Conformity", "Tradition", "Security"),
    "Self_Enhancement": ("Power", "Achievement"),
    "Openness_to_Change": ("Stimulation", "Self_Direction"),
}

FAMILY_TITLES = {"pvq": "Values", "higher_pvq": "Higher-order values", "bfi": "Big Five traits"}

DIMENSIONS: tuple[tuple[str, str], ...] = tuple(
    (family, dimension) for family, dimensions in FAMILIES.items() for dimension in dimensions
)

LOWEST_RATING, HIGHEST_RATING = 1, 6


def title(dimension: str) -> str:
    """The dimension's name as a reader expects it: ``Self_Direction`` becomes ``Self-Direction``."""
    return dimension.replace("_to_", " to ").replace("_", "-")
