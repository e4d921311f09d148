-- Which tables does gold hold, and how many columns has each?
SELECT
    table_name,
    COUNT(*) AS columns
FROM information_schema.columns
WHERE table_schema = N'gold'
GROUP BY table_name
ORDER BY table_name ASC;
