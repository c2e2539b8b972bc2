"""Exceptions and warnings that predictors name."""


class CancelationException(BaseException):
    """Raised inside a sync predictor whose call is cancelled; not an `Exception`, so that no predictor swallows it."""


class ExperimentalFeatureWarning(FutureWarning):
    """Never issued; predictors import it to silence it."""
