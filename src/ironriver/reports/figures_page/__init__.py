"""The figures as one page: uncertainty first, every number with a link to what it rests on."""

from ironriver.reports.figures_page.page import NAME, write_figures

__all__ = ["NAME", "write_figures"]
