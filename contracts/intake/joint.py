"""Events of intake: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""
