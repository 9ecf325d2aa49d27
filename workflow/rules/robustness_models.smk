# Robustness: what the numbers are worth that rest on models' answers.
# Takes  results/{study,items,scores}
# Gives  results/robustness/
