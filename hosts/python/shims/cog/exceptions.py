"""Exceptions and warnings that predictors refer to."""


class CancelationException(BaseException):
    """Raised inside a sync predictor whose call is canceled. Not an `Exception`, so that predictors do not catch it."""


class ExperimentalFeatureWarning(FutureWarning):
    """Never issued. Predictors import it to silence it."""
