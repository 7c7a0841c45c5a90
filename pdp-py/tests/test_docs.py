"""The examples in the documentation of the package do what they say."""

import doctest

import pytest

import pdp
import pdp.client
import pdp.errors
import pdp.testing
from conftest import REPOSITORY


@pytest.mark.parametrize("module", [pdp, pdp.client, pdp.errors, pdp.testing], ids=lambda module: module.__name__)
def test_examples(module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    engine = pdp.Engine.from_yaml(pdp.__doc__.split("'''")[1].replace("\n... ", "\n"))
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    examples = 0
    for test in finder.find(module, globs={"pdp": pdp, "engine": engine}):
        runner.run(test)
        examples += len(test.examples)
    assert runner.failures == 0
    assert examples > (20 if module is pdp else 1)


def test_every_method_has_an_example() -> None:
    methods = [
        (kind, name)
        for kind in (pdp.Engine,)
        for name in vars(kind)
        if not name.startswith("_") and callable(getattr(kind, name))
    ]
    without = [name for kind, name in methods if ">>>" not in (getattr(kind, name).__doc__ or "")]
    assert methods and without == []
