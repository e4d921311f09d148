"""Two dashboards in the browser, Sales and Customers, drawn by Dash from the served run.

====================  =======================================================================
``application``       Dash within the API's application
``selection``         what is looked at, as the address holds it
``periods``           days, months, quarters and years
``star``, ``stars``   the served run in memory, and how it gets there
``picture``           the order lines of a selection
``marks``             tiles, bars, tables and charts
``html_block``        how HTML gets past Dash
``totals``            the tiles, and what they are held against
``countries``         the map
``sales_page``        the cards of the Sales page
``customers_page``    the cards of the Customers page
``rows``              the rows behind a picture, as a table and as a file
``exports``           the files for Tableau, to be downloaded
``shell``             what is around the cards: header, filters, footer
``assets``            style sheet, script and map, sent as they are
====================  =======================================================================
"""
