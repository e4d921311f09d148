USE FerryDW
GO
CREATE VIEW mart.v_ticket AS
SELECT f.TicketNo, d.FullDate, d.[Month], d.WeekdayName, o.HarbourName AS FromHarbour, x.HarbourName [ToHarbour],
       Vessel = f.Vessel, f.Class, f.Fare, f.DelayMinutes
FROM dwh.FactTicket AS f
JOIN dwh.DimDate d ON d.DateKey = f.DateKey
LEFT JOIN dwh.DimHarbour o ON o.HarbourKey = f.FromKey
LEFT JOIN dwh.DimHarbour x ON x.HarbourKey = f.ToKey
GO
CREATE VIEW mart.v_route AS
SELECT FromHarbour + ' - ' + ToHarbour AS Route, Class, COUNT(*) AS Tickets, SUM(Fare) AS Revenue, AVG(DelayMinutes) AS AvgDelay
FROM mart.v_ticket
GROUP BY FromHarbour + ' - ' + ToHarbour, Class
GO
CREATE VIEW mart.v_best_class AS
SELECT Route, Class, Revenue, CAST(100.0 * Revenue / SUM(Revenue) OVER () AS DECIMAL(5,1)) AS Pct
FROM (SELECT *, RANK() OVER (PARTITION BY Route ORDER BY Revenue DESC) AS place FROM mart.v_route) r
WHERE place = 1
GO
CREATE VIEW mart.v_month AS
SELECT [Month],
       SUM(CASE WHEN Class = 'car' THEN 1 ELSE 0 END) AS Cars,
       SUM(CASE WHEN Class <> 'car' THEN 1 ELSE 0 END) AS Passengers,
       SUM(Fare) AS Revenue,
       LAG(SUM(Fare)) OVER (ORDER BY [Month]) AS Before
FROM mart.v_ticket
GROUP BY [Month]
GO
