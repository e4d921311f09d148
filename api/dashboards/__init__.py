"""The pages in the browser: Sales and Customers, drawn by Dash from the served run, and the page of the warehouse.

====================  =======================================================================
``application``       Dash within the API's application
``selection``         page, period and filters, as in the URL
``cube_view``         the order lines of a selection, and the earlier ones to compare with
``measures``          what tiles and charts show: sums, counts and ratios by group
``charts``            parts of cards: tiles, bars, pyramids, tables and charts
``html_block``        a Dash component for HTML
``totals``            the card of tiles, with comparisons and sparklines
``compared``          bars of a measure by a dimension, beside the earlier period
``changes``           the card "What changed?"
``sales_page``        the cards of the Sales page
``customers_page``    the cards of the Customers page
``rows``              the rows of a selection, as a table and as a file
``warehouse_page``    the page of the warehouse, rendered by the server; ``loads`` reads what it shows
``exports``           downloads of the files for Tableau
``shell``             header, filters and footer
``assets``            style sheets and scripts
====================  =======================================================================
"""
