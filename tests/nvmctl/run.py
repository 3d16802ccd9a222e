# SPDX-License-Identifier: GPL-2.0-only
"""Run all test_*.py beside this: TAP, then a count."""

import io
import os
import sys
import unittest


class Tap(unittest.TextTestResult):
    """One TAP line a test, with what went wrong below it."""

    def __init__(self, *args):
        super().__init__(*args)
        self.passed = 0

    def line(self, word, test, detail="", skip=""):
        name = ".".join(test.id().split(".")[-2:])
        print(f"{word} {self.testsRun} - {name}{skip}")
        for text in detail.splitlines():
            print(f"# {text}")

    def addSuccess(self, test):
        self.passed += 1
        self.line("ok", test)

    def addSkip(self, test, reason):
        self.line("ok", test, skip=f" # SKIP {reason}")

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test, self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test, self.failures[-1][1])


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    suite = unittest.defaultTestLoader.discover(here)
    print(f"1..{suite.countTestCases()}")
    result = Tap(unittest.runner._WritelnDecorator(io.StringIO()), False, 0)
    suite.run(result)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.passed} passed, {failed} failed")
    return int(failed > 0 or not result.passed)


if __name__ == "__main__":
    sys.exit(main())
