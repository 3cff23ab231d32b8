"""What recalls without learning by samples: principal components and the mean image."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from sw.report.recalled.summary import pca_error


@pytest.mark.parametrize("components", [1, 3, 6])
def test_principal_components_are_those_of_scikit_learn(components):
    random = np.random.default_rng(0)
    x = random.integers(0, 16, (50, 6)) * np.array([1, 1, 0.3, 0.2, 0.1, 0.05])
    fitted = PCA(components).fit(x[:40] / 16)
    recalled = fitted.inverse_transform(fitted.transform(x[40:] / 16))
    assert pca_error(x[:40], x[40:], components) == pytest.approx(((recalled - x[40:] / 16) ** 2).mean(), abs=1e-12)


def test_without_components_it_is_the_mean_image():
    x = np.random.default_rng(1).integers(0, 16, (30, 4))
    assert pca_error(x[:20], x[20:], 0) == pytest.approx(((x[20:] / 16 - x[:20].mean(0) / 16) ** 2).mean())
    assert pca_error(x[:20], x[20:], 9) == pytest.approx(0, abs=1e-12)
