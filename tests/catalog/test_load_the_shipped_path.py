"""The path of the ML engineer as it is shipped."""

from __future__ import annotations

import json
import pathlib

import pytest
from pydantic import ValidationError

from tracker.catalog.loader import load_catalog, load_path
from tracker.catalog.schema import Catalog, Path

FOLDER = pathlib.Path(__file__).parents[2] / "seed_data" / "paths"

# Learners' records hold these. A key may be added; one that is gone from here orphans somebody's work.
KEYS = """
python-from-zero school-maths command-line-and-git linear-algebra eigenvectors-and-svd calculus probability numpy
pandas matplotlib sql gradient-descent-from-scratch algorithms-from-scratch exploratory-analysis
checkpoint-foundations
ml-framing regression scikit-learn house-price-prediction classification classifier-evaluation tree-ensembles
text-features spam-classifier clustering customer-segmentation feature-engineering kaggle-competition
checkpoint-explain-a-model
neural-networks pytorch optimisers regularization cnns transfer-learning rnns transformers fine-tune-a-transformer
model-evaluation hyperparameter-tuning specialization end-to-end-project paper-reproduction
checkpoint-defend-the-project
software-engineering docker mlflow kubeflow sagemaker vertex-ai model-monitoring ml-system-design ai-act bias-audit
deployed-tabular-model deployed-deep-model portfolio open-source-contribution english-b2 job-kit
""".split()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(FOLDER)


@pytest.fixture(scope="module")
def path(catalog: Catalog) -> Path:
    found = catalog.path("ml-engineer")
    assert found is not None
    return found


def test_the_sixty_milestones_are_there_under_their_permanent_keys(path: Path) -> None:
    assert [m.key for m in path.active] == KEYS


def test_the_hours_of_each_phase_are_those_that_were_researched(path: Path) -> None:
    assert path.hours == 1040
    assert [sum(m.hours for m in path.in_phase(phase.number)) for phase in path.phases] == [
        260,
        208,
        260,
        312,
    ]
    assert [len(path.in_phase(phase.number)) for phase in path.phases] == [15, 14, 15, 16]


def test_the_phases_are_those_of_the_career_page(path: Path) -> None:
    assert [(phase.months, phase.title) for phase in path.phases] == [
        ("1–3", "Mathematics & Python Foundations"),
        ("4–7", "Machine Learning Fundamentals"),
        ("8–12", "Deep Learning & Specialization"),
        ("13–18+", "MLOps & Job Search"),
    ]


def test_a_beginner_is_credited_with_nothing(path: Path) -> None:
    assert {m.by_starting_point["beginner"] for m in path.milestones} == {"full"}


def test_every_milestone_says_what_every_starting_point_gets(path: Path) -> None:
    points = {point.key for point in path.starting_points}
    assert all(set(m.by_starting_point) == points for m in path.milestones)


def test_nobody_is_credited_with_a_placement_test(path: Path) -> None:
    placements = [m for m in path.milestones if m.placement]
    assert [(m.phase, m.kind) for m in placements] == [
        (1, "checkpoint"),
        (2, "checkpoint"),
        (3, "checkpoint"),
    ]
    assert all(set(m.by_starting_point.values()) == {"full"} for m in placements)


def test_a_milestone_is_found_by_its_key_and_an_unknown_one_is_not(path: Path) -> None:
    found = path.milestone("docker")
    assert found is not None
    assert found.title.startswith("Docker")
    assert path.milestone("cobol") is None
    assert path.phase(5) is None
    assert path.starting_point("astronaut") is None


def test_what_is_loaded_cannot_be_changed(path: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        path.title = "Something else"
    with pytest.raises(TypeError):
        path.resources["docker"] = path.resources["d2l"]  # type: ignore[index]


def test_a_path_can_be_written_as_json(path: Path) -> None:
    told = json.loads(path.model_dump_json())
    assert told["milestones"][0]["by_starting_point"]["researcher"] == "known"
    assert told["resources"]["d2l"]["url"] == "https://d2l.ai/"


def test_the_version_follows_the_content_and_not_the_layout(path: Path) -> None:
    text = (FOLDER / "ml-engineer.yaml").read_text()
    assert load_path("# a comment\n" + text, "ml-engineer.yaml").version == path.version
    reworded = load_path(text.replace("tagline: Build", "tagline: Make"), "ml-engineer.yaml")
    assert reworded.version != path.version
