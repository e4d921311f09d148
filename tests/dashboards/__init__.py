"""The dashboards in a real browser, compared with an independent computation.

``oracle`` computes the expected figures, ``screen`` operates and reads the pages; ``cases`` are the selections that
both are tested with.
"""
