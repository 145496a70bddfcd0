import time, os, resource
from tests.records.interchange.builders import SYNTHEA
from tests.records.interchange.house import *
def cpu():
    a=resource.getrusage(resource.RUSAGE_SELF); return a.ru_utime+a.ru_stime
def test_try(house):
    t,c=time.time(),cpu()
    r=house.load(SYNTHEA)
    print("FIRST wall %.1f cpu %.1f"%(time.time()-t,cpu()-c), {k:v for k,v in r.items() if k!="rejected"}, os.getloadavg())
    t,c=time.time(),cpu()
    r=house.load(SYNTHEA); print("AGAIN wall %.1f cpu %.1f"%(time.time()-t,cpu()-c), r["unchanged"], os.getloadavg())
    print(house.vault, sum(f.stat().st_size for f in house.vault.rglob("*") if f.is_file())/1e6)
    assert 0
