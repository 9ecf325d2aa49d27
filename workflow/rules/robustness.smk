# Robustness: what the numbers are worth. Here what rests on the people alone; robustness_models.smk has what rests on answers.
# Takes  results/{study,items}
# Gives  results/robustness/
