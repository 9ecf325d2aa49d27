"""A page for any model that is asked for by its name."""

from pathlib import Path

PAGE = "results/small/publication/models/fir-1"


def test_any_model_has_a_page_on_demand(small, demo_copy: Path) -> None:
    done = small("--", f"{PAGE}.md")
    assert done.returncode == 0, done.stdout
    page = (demo_copy / f"{PAGE}.md").read_text()
    assert page.startswith("# fir-1\n\n**Simulated**")
    assert "](fir-1.png)" in page
    assert " of 3 |" in page
    assert "## Cost" not in page
    assert all((demo_copy / f"{PAGE}.{suffix}").stat().st_size for suffix in ("png", "pdf", "svg"))
