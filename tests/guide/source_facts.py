"""Every fact of the career page that Waymark starts from, and of the figures that were checked beside it.

`missing` holds a text, or a page's HTML, against them. A fact is found by its phrases: each has to be in the text,
whatever the case, the blanks, the kind of dash and the separators of thousands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be said, and the phrases by which one sees that it is."""

    what: str
    phrases: tuple[str, ...]

    def __str__(self) -> str:
        return self.what


def fact(what: str, *phrases: str) -> Fact:
    """A fact of these phrases."""
    return Fact(what, phrases)


def plain(text: str) -> str:
    """A text or HTML as it is compared: no tags, single blanks, small letters, plain dashes, bare numbers."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    # a tag inside a word or number is only emphasis; a space would tear "<b>9</b>–24" apart, so blocks alone get one
    text = re.sub(r"</?(p|div|li|td|th|tr|h\d|dt|dd|section|summary|br|figure|text)\b[^>]*>", " ", text)
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    text = re.sub(r"[‐‑–—−]", "-", text).replace("’", "'")
    text = re.sub(r"(?<=\d)[,\u00a0\u202f\u2009](?=\d{3})", "", text)
    return re.sub(r"\s+", " ", text).lower()


def missing(text: str, facts: Iterable[Fact]) -> list[str]:
    """The facts that this text does not tell, each with the first phrase that is not there."""
    said = plain(text)
    return [
        f"{one.what}: {phrase}"
        for one in facts
        for phrase in [next((p for p in one.phrases if plain(p) not in said), None)]
        if phrase is not None
    ]


SALARY = (
    fact("median salary", "120,000", "160,000"),
    fact("pay is of 2025–2026", "2025–2026"),
    fact("pay in Europe and the United States", "Europe", "United States"),
    fact("the sources named for pay", "StepStone", "Glassdoor EU", "Robert Half 2025"),
    fact("one of the highest-paid and fastest-growing roles", "Few roles in technology are paid better or grow faster"),
    fact("European pay is lower", "lower than American"),
)

WORK = (
    fact("what they build", "search, recommendations, language models and autonomous vehicles", "AI systems"),
    fact("mathematics comes first", "strong mathematical foundation", "before the practical work"),
)

PHASES = (
    fact("months of phase 1", "1–3", "Mathematics & Python Foundations"),
    fact("linear algebra", "Linear algebra", "vectors", "matrices"),
    fact("calculus", "Calculus", "derivatives", "gradients"),
    fact("probability", "Probability"),
    fact("Python's libraries", "NumPy", "Pandas", "Matplotlib"),
    fact("algorithms from scratch", "Basic algorithms from scratch"),
    fact("months of phase 2", "4–7", "Machine Learning Fundamentals"),
    fact("supervised and unsupervised learning", "supervised and unsupervised learning"),
    fact("the three tasks", "Regression", "Classification", "Clustering"),
    fact("scikit-learn", "scikit-learn"),
    fact("projects of phase 2", "House price prediction", "Customer segmentation", "Spam classifier"),
    fact("months of phase 3", "8–12", "Deep Learning & Specialization"),
    fact("networks", "Neural networks with PyTorch", "CNNs for images", "RNNs and Transformers for text"),
    fact("evaluation, tuning, regularization", "Model evaluation", "hyperparameter tuning", "Regularization"),
    fact("end-to-end project", "End-to-end ML project"),
    fact("months of phase 4", "13–18+", "MLOps & Job Search"),
    fact("deployment", "Docker", "MLflow", "AWS SageMaker", "GCP Vertex AI"),
    fact("portfolio", "Portfolio of 3–4 deployed models"),
    fact("open source", "Open-source contribution"),
)

DURATIONS = (
    fact("training takes 9–24 months", "9–24 months"),
    fact("job search takes 4–10 months", "4–10 months"),
    fact("it depends on where one starts", "depending on where you start"),
)

NEEDS = (
    fact("education", "strongly prefer a technical degree with much mathematics"),
    fact("why", "that foundation is hard to lay on your own"),
    fact("English", "B2", "research papers and technical documentation"),
    fact("demand", "High demand"),
)

COMPARISON = (
    fact("ML builds for production", "build machine learning systems and bring them into production"),
    fact("data science analyses", "analyse, experiment and look for insights in data"),
    fact("ML needs software", "stronger software engineering"),
    fact("data science needs the field", "stronger knowledge of the field"),
    fact("both need statistics", "Both need solid foundations in statistics"),
    fact("ML learns from data", "systems learn from data", "intelligent"),
    fact("backend follows logic", "deterministic: they follow logic that somebody has defined"),
    fact("different problems", "problems are different, and so are the approaches"),
    fact("ML needs backend skills", "ML engineers need backend skills to deploy"),
    fact("backend with ML is valued", "Backend developers who add machine learning", "highly valued"),
)

STORIES = (
    fact("Sergey, backend developer, 10 months", "Sergey", "Backend developer", "10 months"),
    fact(
        "Sergey's years",
        "For four years Sergey wrote APIs in Python",
        "ML models that his company was deploying",
        "fascinate",
    ),
    fact("Sergey's way", "Andrew Ng's courses", "three ML projects on Kaggle", "ML team in fintech"),
    fact("Sergey's strength", "Since he knew production", "deploying models"),
    fact("Marina, physics researcher, 6 months", "Marina", "Physics researcher", "6 months"),
    fact("Marina's start", "PhD in physics", "strong mathematics", "effect in industry"),
    fact("Marina's way", "PyTorch took her four months", "methods of her research turned out to serve ML experiments"),
    fact("Marina's work", "recommendation systems at a large e-commerce company"),
    fact("Denis, data analyst, 12 months", "Denis", "Data analyst", "12 months"),
    fact("Denis's start", "analysed business data for three years", "automated his own reports"),
    fact("Denis's model", "churn", "87% accuracy", "first model in production"),
    fact("Denis's move", "at 32", "deep understanding of the business"),
)

MYTHS = (
    fact("myth: a PhD", "You need a PhD to work in ML"),
    fact("a PhD helps with research", "PhD helps where large companies do research"),
    fact("a bachelor's degree", "bachelor's degree and for strong skills in practice"),
    fact(
        "what stands in for it",
        "Kaggle competitions, projects that are public and experience in production",
        "credentials",
    ),
    fact("myth: training all day", "ML is training models all day"),
    fact("20% and 80%", "about 20% of the work", "other 80%"),
    fact(
        "what the 80% are", "collecting and cleaning data, feature engineering, deployment, monitoring and maintenance"
    ),
    fact("mostly software", "primarily a software engineer whose systems have ML components"),
    fact("myth: AutoML", "AutoML will replace ML engineers"),
    fact("what AutoML does", "takes over the choice of models and the tuning of hyperparameters"),
    fact(
        "what it cannot do",
        "To define the problem, to engineer features and to deploy a model in production is beyond it",
    ),
    fact("more productive", "get more done with it, and do not become obsolete"),
)

MARKET = (
    fact(
        "Germany first",
        "Germany hires most in European machine learning",
        "the United Kingdom and the Netherlands come next",
    ),
    fact("densest cities", "densest in Berlin, Munich and Amsterdam"),
    fact("AI Act makes a new category", "With the EU AI Act comes a new category", "about compliance"),
    fact("AI Act knowledge", "classify the risk of a model, audit it for bias and document it", "essential"),
    fact("MLOps sets apart", "MLOps (MLflow, Kubeflow and monitoring models)", "pure data scientists"),
    fact("production is required", "in production is asked for more and more often"),
    fact("what makes up for pay", "workers are better protected", "days of holiday", "work and life"),
)

CALL = (
    fact("ready to start", "Ready to start your career as an ML engineer?"),
    fact("roadmap", "personalized roadmap", "your skills and your goals", "free"),
    fact("questions and answers", "How long does it take?", "Do I need a PhD or a degree?"),
    fact("skills", "Python and code quality", "Explaining results"),
)

SOURCE_PAGE = SALARY + WORK + PHASES + DURATIONS + NEEDS + COMPARISON + STORIES + MYTHS + MARKET + CALL

CHECKED_PAY = (
    fact("US junior", "115,000", "140,000", "180,000"),
    fact("US mid", "138,000", "172,000", "224,000"),
    fact("US senior", "161,000", "202,000", "259,000", "230,625"),
    fact("US all levels", "194,000", "aijobs.net"),
    fact("US data scientists", "82,630", "112,590", "155,810", "194,410"),
    fact("US software developers", "103,050", "133,080", "169,000", "211,450"),
    fact(
        "US trends",
        "9% within a year, says a salary guide for 2026",
        "from 11% to 6%",
        "19%",
        "87% of technology leaders",
        "third quarter of 2025",
    ),
    fact("Germany, StepStone", "53,000", "60,000", "70,000", "85,000", "69,500", "76,000", "79,400"),
    fact("Germany, gehalt.de", "4,890", "5,536", "6,267", "66,400", "58,700", "75,200"),
    fact("Germany, by source", "64,500", "70,300", "57,800", "72,000", "95,880", "Jobvector"),
    fact("Germany is a range with names", "disagree by a factor of 1.7"),
    fact("Berlin", "65,000", "80,000", "110,000", "140,000", "careercheck.io"),
    fact("United Kingdom", "30,000", "35,000", "50,000", "60,000", "70,000", "ADLIB", "70,422"),
    fact("London", "51,000", "68,000", "90,000", "120,000", "150,000", "IT Jobs Watch"),
    fact("other countries", "123,704", "77,113", "45,000", "SalaryExpert", "Alchema"),
    fact("Europe pooled", "116,000", "62,000", "135,000", "105,000", "168,000"),
    fact("what is not known", "Netherlands, Spain and Poland", "percentile for ML engineers"),
)

CHECKED_LAW = (
    fact("the Act and its amendment", "2024/1689", "2026/1744", "Digital Omnibus"),
    fact("as of", "5 August 2026"),
    fact("risk classes", "Article 5", "Article 6 with Annex I or III", "Article 50"),
    fact("fines", "€35 million or 7%", "€15 million or 3%", "€7.5 million or 1%"),
    fact("bias", "Article 4a", "Article 10(2)"),
    fact("no legal advice", "not legal advice"),
)

CHECKED_FIGURES = (
    fact("hours from zero", "1,040 hours", "24 months at 10 hours a week", "16"),
    fact("hours from each start", "677 hours", "549 hours", "778 hours", "480 of"),
    fact("hours a week of the stories", "15.6 hours a week", "21.1 hours a week", "15 hours a week"),
    fact("what carries over", "545 of them", "442 of them"),
    fact("growth", "82%", "34%", "World Economic Forum"),
)

CHECKED = CHECKED_PAY + CHECKED_LAW + CHECKED_FIGURES
