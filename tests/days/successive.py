"""Three days in succession, worked out by hand: rows that are new, change, leave and come back.

Load ``DAYS`` in order into one warehouse; after each day, gold (the columns given) must equal ``gold``
and ``silver.sales`` must still hold the order lines of ``vanished_sales``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

import pandas as pd

from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES, Lines
from tests.oracle.schema import TABLES


@dataclass(frozen=True)
class VanishedSale:
    """An order line that is no longer in the drop, with the business date on which it was last seen."""

    order_number: str
    product_number: str
    last_seen: date


@dataclass(frozen=True)
class Day:
    """A drop, and the expected rows after its load on top of the days before."""

    business_date: date
    lines: Lines
    gold: Mapping[str, pd.DataFrame]
    vanished_sales: tuple[VanishedSale, ...]


def _gold(**tables: str) -> dict[str, pd.DataFrame]:
    frames = {}
    for table, rows in tables.items():
        frame = pd.read_csv(StringIO(rows.strip()), dtype=str, keep_default_na=False, na_values=[""])
        frames[table] = frame.astype({name: TABLES[table][name] for name in map(str, frame.columns)})
    return frames


_CATEGORIES = ["BI_BI,Bikes,Bikes,Yes", "AC_HE,Accessories,Helmets,No", "CL_GL,Clothing,Gloves,No"]

_DAY_1 = Day(
    business_date=date(2024, 3, 1),
    lines={
        CUST: [
            "11001,AW00011001,Ilse,Brandt,S,F,2023-01-01",
            "11003,AW00011003,Tom,Hale,M,M,2023-01-02",
            "11005,AW00011005,Uma,Rao,S,F,2023-01-03",
        ],
        AZ12: ["NASAW00011001,1990-01-01,F", "AW00011003,2024-03-02,M", "AW00011005,1985-05-05,F"],
        LOC: ["AW-00011001,DE", "AW-00011003,US", "AW-00011005,France"],
        PRD: [
            "1,BI-BI-BK-1,Bike,100,M ,2023-01-01,",
            "2,AC-HE-HL-1,Helmet,20,S ,2023-01-01,",
            "3,CL-GL-GL-1,Gloves,5,S ,2023-01-01,",
        ],
        PX: _CATEGORIES,
        SALES: [
            "SO1,BK-1,11001,20240110,20240112,20240120,300,2,150",
            "SO1,HL-1,11001,20240110,20240112,20240120,40,1,40",
            "SO2,GL-1,11003,20240201,20240203,20240210,12,1,12",
            "SO3,BK-1,11005,20240205,20240207,20240214,150,1,150",
            "SO4,HL-1,11009,20240206,20240208,20240215,40,1,40",  # a customer known from day 2 on
            "SO5,NEW-1,11001,20240207,20240209,20240216,9,1,9",  # a product known from day 2 on
        ],
    },
    gold=_gold(
        dim_customers="""
customer_key,customer_id,first_name,last_name,country,marital_status,gender,birthdate,create_date,in_source
0,,n/a,n/a,n/a,n/a,n/a,,,0
1,11001,Ilse,Brandt,Germany,Single,Female,1990-01-01,2023-01-01,1
2,11003,Tom,Hale,United States,Married,Male,,2023-01-02,1
3,11005,Uma,Rao,France,Single,Female,1985-05-05,2023-01-03,1
""",
        dim_products="""
product_key,product_id,product_number,product_name,category,cost,start_date,in_source
0,,n/a,n/a,,,,0
1,1,BK-1,Bike,Bikes,100,2023-01-01,1
2,3,GL-1,Gloves,Clothing,5,2023-01-01,1
3,2,HL-1,Helmet,Accessories,20,2023-01-01,1
""",
        fact_sales="""
order_number,product_key,customer_key,order_date,sales_amount,quantity,price,cost,profit
SO1,1,1,2024-01-10,300,2,150,100,100
SO1,3,1,2024-01-10,40,1,40,20,20
SO2,2,2,2024-02-01,12,1,12,5,7
SO3,1,3,2024-02-05,150,1,150,100,50
SO4,3,0,2024-02-06,40,1,40,20,20
SO5,0,1,2024-02-07,9,1,9,,
""",
    ),
    vanished_sales=(),
)

# New customers 11000 and 11009 (keys after the old ones, in the order of their ids), 11001 changed, 11005
# gone, 11003 without its country and with a birth date that is no longer in the future. A new version of
# BK-1, another cost of HL-1's only version, GL-1 gone, AA-1 and NEW-1 new. SO1's helmet gone; SO2 changed,
# whose product has left the drop: it keeps the cost it had; SO6 and SO7 new.
_DAY_2 = Day(
    business_date=date(2024, 3, 2),
    lines={
        CUST: [
            "11000,AW00011000,Ann,Lee,S,F,2024-03-02",
            "11001,AW00011001,Ilse,Brandt-Koch,M,F,2024-03-02",
            "11003,AW00011003,Tom,Hale,M,M,2023-01-02",
            "11009,AW00011009,Bo,Ek,S,,2024-03-02",
        ],
        AZ12: [
            "AW00011000,2000-02-02,F",
            "NASAW00011001,1990-01-01,F",
            "AW00011003,2024-03-02,M",
            "AW00011009,,Male",
        ],
        LOC: ["AW-00011000,USA", "AW-00011001,Austria", "AW-00011009,Canada"],
        PRD: [
            "1,BI-BI-BK-1,Bike,100,M ,2023-01-01,",
            "4,BI-BI-BK-1,Bike II,120,M ,2024-03-02,",
            "2,AC-HE-HL-1,Helmet,22,S ,2023-01-01,",
            "5,AC-HE-AA-1,Aero Helmet,6,S ,2024-03-02,",
            "6,AC-HE-NEW-1,Visor,4,S ,2024-01-01,",
        ],
        PX: _CATEGORIES,
        SALES: [
            "SO1,BK-1,11001,20240110,20240112,20240120,300,2,150",
            "SO2,GL-1,11003,20240201,20240203,20240210,24,2,12",
            "SO3,BK-1,11005,20240205,20240207,20240214,150,1,150",
            "SO4,HL-1,11009,20240206,20240208,20240215,40,1,40",
            "SO5,NEW-1,11001,20240207,20240209,20240216,9,1,9",
            "SO6,BK-1,11009,20240302,20240304,20240311,300,2,150",
            "SO7,AA-1,11000,20240302,20240304,20240311,10,1,10",
        ],
    },
    gold=_gold(
        dim_customers="""
customer_key,customer_id,first_name,last_name,country,marital_status,gender,birthdate,create_date,in_source
0,,n/a,n/a,n/a,n/a,n/a,,,0
1,11001,Ilse,Brandt-Koch,Austria,Married,Female,1990-01-01,2024-03-02,1
2,11003,Tom,Hale,n/a,Married,Male,2024-03-02,2023-01-02,1
3,11005,Uma,Rao,France,Single,Female,1985-05-05,2023-01-03,0
4,11000,Ann,Lee,United States,Single,Female,2000-02-02,2024-03-02,1
5,11009,Bo,Ek,Canada,Single,Male,,2024-03-02,1
""",
        dim_products="""
product_key,product_id,product_number,product_name,category,cost,start_date,in_source
0,,n/a,n/a,,,,0
1,4,BK-1,Bike II,Bikes,120,2024-03-02,1
2,3,GL-1,Gloves,Clothing,5,2023-01-01,0
3,2,HL-1,Helmet,Accessories,22,2023-01-01,1
4,5,AA-1,Aero Helmet,Accessories,6,2024-03-02,1
5,6,NEW-1,Visor,Accessories,4,2024-01-01,1
""",
        fact_sales="""
order_number,product_key,customer_key,order_date,sales_amount,quantity,price,cost,profit
SO1,1,1,2024-01-10,300,2,150,100,100
SO2,2,2,2024-02-01,24,2,12,5,14
SO3,1,3,2024-02-05,150,1,150,100,50
SO4,3,5,2024-02-06,40,1,40,22,18
SO5,5,1,2024-02-07,9,1,9,4,5
SO6,1,5,2024-03-02,300,2,150,120,60
SO7,4,4,2024-03-02,10,1,10,6,4
""",
    ),
    vanished_sales=(VanishedSale("SO1", "HL-1", date(2024, 3, 1)),),
)

# 11005 is back under its old key and another name, 11001 is gone and keeps what day 2 said, 11002 is new.
# GL-1 is back under its old key, with its old version and a new one; NEW-1 is gone, SO5 keeps its cost.
# SO1's helmet is back; SO3 is gone; SO8 is new.
_DAY_3 = Day(
    business_date=date(2024, 3, 3),
    lines={
        CUST: [
            "11000,AW00011000,Ann,Lee,S,F,2024-03-02",
            "11002,AW00011002,Cleo,Diaz,M,F,2024-03-03",
            "11003,AW00011003,Tom,Hale,M,M,2023-01-02",
            "11005,AW00011005,Uma,Rao-Lind,M,F,2024-03-03",
            "11009,AW00011009,Bo,Ek,S,,2024-03-02",
        ],
        AZ12: ["AW00011000,2000-02-02,F", "AW00011003,2024-03-02,M", "AW00011005,1985-05-05,F"],
        LOC: ["AW-00011000,USA", "AW-00011002,DE", "AW-00011003,US", "AW-00011005,France"],
        PRD: [
            "1,BI-BI-BK-1,Bike,100,M ,2023-01-01,",
            "4,BI-BI-BK-1,Bike II,120,M ,2024-03-02,",
            "2,AC-HE-HL-1,Helmet,22,S ,2023-01-01,",
            "3,CL-GL-GL-1,Gloves,5,S ,2023-01-01,",
            "7,CL-GL-GL-1,Warm Gloves,8,S ,2024-03-03,",
            "5,AC-HE-AA-1,Aero Helmet,6,S ,2024-03-02,",
        ],
        PX: _CATEGORIES,
        SALES: [
            "SO1,BK-1,11001,20240110,20240112,20240120,300,2,150",
            "SO1,HL-1,11001,20240110,20240112,20240120,40,1,40",
            "SO2,GL-1,11003,20240201,20240203,20240210,24,2,12",
            "SO4,HL-1,11009,20240206,20240208,20240215,40,1,40",
            "SO5,NEW-1,11001,20240207,20240209,20240216,9,1,9",
            "SO6,BK-1,11009,20240302,20240304,20240311,300,2,150",
            "SO7,AA-1,11000,20240302,20240304,20240311,10,1,10",
            "SO8,GL-1,11002,20240303,20240305,20240312,16,2,8",
        ],
    },
    gold=_gold(
        dim_customers="""
customer_key,customer_id,first_name,last_name,country,marital_status,gender,birthdate,create_date,in_source
0,,n/a,n/a,n/a,n/a,n/a,,,0
1,11001,Ilse,Brandt-Koch,Austria,Married,Female,1990-01-01,2024-03-02,0
2,11003,Tom,Hale,United States,Married,Male,2024-03-02,2023-01-02,1
3,11005,Uma,Rao-Lind,France,Married,Female,1985-05-05,2024-03-03,1
4,11000,Ann,Lee,United States,Single,Female,2000-02-02,2024-03-02,1
5,11009,Bo,Ek,n/a,Single,n/a,,2024-03-02,1
6,11002,Cleo,Diaz,Germany,Married,Female,,2024-03-03,1
""",
        dim_products="""
product_key,product_id,product_number,product_name,category,cost,start_date,in_source
0,,n/a,n/a,,,,0
1,4,BK-1,Bike II,Bikes,120,2024-03-02,1
2,7,GL-1,Warm Gloves,Clothing,8,2024-03-03,1
3,2,HL-1,Helmet,Accessories,22,2023-01-01,1
4,5,AA-1,Aero Helmet,Accessories,6,2024-03-02,1
5,6,NEW-1,Visor,Accessories,4,2024-01-01,0
""",
        fact_sales="""
order_number,product_key,customer_key,order_date,sales_amount,quantity,price,cost,profit
SO1,1,1,2024-01-10,300,2,150,100,100
SO1,3,1,2024-01-10,40,1,40,22,18
SO2,2,2,2024-02-01,24,2,12,5,14
SO4,3,5,2024-02-06,40,1,40,22,18
SO5,5,1,2024-02-07,9,1,9,4,5
SO6,1,5,2024-03-02,300,2,150,120,60
SO7,4,4,2024-03-02,10,1,10,6,4
SO8,2,6,2024-03-03,16,2,8,8,0
""",
    ),
    vanished_sales=(VanishedSale("SO3", "BK-1", date(2024, 3, 2)),),
)

DAYS = (_DAY_1, _DAY_2, _DAY_3)
"""Days 1 to 3; write each with ``drop.write_drop(folder, day.lines)``."""
