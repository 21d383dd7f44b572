"""Events of intake: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""
