# Helpers of what people look at: what stands on every figure, and what Snakemake's report shows. No rule stands here.
# What stands on figures that rest on people alone, and on the others.
MARK_OF_PEOPLE = "simulated" if ANY_SIMULATED else ""
# Figures and page speak of centred scores throughout.
UNCENTRED = "scores not centred: mean ratings" if CONFIG.scoring.centring == "none" else ""
OF_PANEL = f"panel: {counted(PANEL, 'item')} of each dimension" if PANEL else ""
MARK = ", ".join(filter(None, [UNCENTRED, OF_PANEL, MARK_OF_PEOPLE]))

# What Snakemake's report shows: for each file its caption, category, and what it is called there.
IN_REPORT = {}


def reported(path, caption, category, title=None):
    """The path of a table or text that Snakemake's report shows."""
    IN_REPORT[path] = (caption, category, title or Path(path).stem.replace("_", " ").capitalize())
    return path


def figures(category, *names, _about=None, **captions):
    """The PNG, PDF and SVG files of figures; Snakemake's report shows them beside the figure's caption, or that given."""
    title = _about and f"{_about['kind'].replace('_', ' ').capitalize()}: {_about['model']} ({_about['source']})"
    files = []
    for name, caption in {**dict(zip(names, names)), **captions}.items():
        stem = f"<results>/publication/figures/{name}"
        files += [f"{stem}.png", f"{stem}.pdf", reported(f"{stem}.svg", caption, category, title)]
    return files
