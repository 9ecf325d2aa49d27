# People: how groups of people differ, to hold personas against.
# Takes  the user's file of the European Social Survey, or the paper's printed numbers, or the config's seed
# Gives  results/personas/{people.csv,people_provenance.csv}; nothing where the config's people are null
from value_portrait.checking import at
from value_portrait.personas.ess_file import find_file

# People to hold personas against: the simulated ones, the user's file of the ESS, or None for the printed numbers.
PEOPLE_FILE = None
if GROUPS:
    PEOPLE_FILE = f"{RESULTS}/study/simulated_people.csv" if SIMULATED else checked(find_file, CONFIG.people.folder)
    if not PEOPLE_FILE and not PAPERS_OWN:
        where = at(CONFIG_FILES, ["people"])
        remedy = f"Put it into {CONFIG.people.folder}, or set people: null."
        sys.exit(f"Error: {InputError(where, 'needs a file of the European Social Survey.', remedy)}")
# What a rule that holds something against people takes.
PEOPLE = {"people": "<results>/personas/people.csv"} if GROUPS else {}

if SIMULATED and GROUPS:

    rule simulate_people:
        input:
            library=library("simulation/simulate_people"),
        output:
            people="<results>/study/simulated_people.csv",
            truth="<results>/study/truth/people.csv",
        log:
            "<logs>/simulate_people.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            groups=GROUPS,
            seed=CONFIG.seed,
        message:
            "Simulating respondents of a social survey"
        script:
            "../scripts/simulation/simulate_people.py"


if PEOPLE_FILE:

    # A rule of its own, so that a file that turns out to be wrong cannot cost what an earlier one gave.
    rule score_respondents:
        input:
            survey=PEOPLE_FILE,
            library=library("personas/score_respondents"),
        output:
            respondents="<results>/personas/respondents.parquet",
            provenance="<results>/personas/people_provenance.csv",
        log:
            "<logs>/score_respondents.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            edition=None if SIMULATED else CONFIG.people.edition,
            groups=GROUPS,
        message:
            "Scoring the respondents of {input.survey}"
        script:
            "../scripts/personas/score_respondents.py"

    rule compare_respondents:
        input:
            respondents="<results>/personas/respondents.parquet",
            library=library("personas/compare_respondents"),
        output:
            people="<results>/personas/people.csv",
        log:
            "<logs>/compare_respondents.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            groups=GROUPS,
            source="simulated" if SIMULATED else "ess_microdata",
            instrument=INSTRUMENT,
        message:
            "Comparing groups of respondents with all of them"
        script:
            "../scripts/personas/compare_respondents.py"

elif GROUPS:

    rule read_printed_people:
        input:
            printed=shipped("data/reference/tables_13_to_16_people.csv"),
            library=library("paper/read_printed_people"),
        output:
            people="<results>/personas/people.csv",
            provenance="<results>/personas/people_provenance.csv",
        log:
            "<logs>/read_printed_people.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
        message:
            "Reading the printed means of human groups"
        script:
            "../scripts/paper/read_printed_people.py"
