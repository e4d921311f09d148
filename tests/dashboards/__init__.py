"""The dashboards in a real browser, held against an independent computation.

``oracle`` computes what must be on the screen, ``screen`` opens pages, clicks and reads; ``cases`` are the selections
that both are asked for.
"""
