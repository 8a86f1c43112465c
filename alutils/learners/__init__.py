"""What learns from labels, behind `fit` and `predict_proba`."""
