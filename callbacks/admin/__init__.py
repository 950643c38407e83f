from callbacks.admin.agents import AgentAdmin, DeletedAgentAdmin
from callbacks.admin.personal_callbacks import PersonalCallbackAdmin

__all__ = ["AgentAdmin", "DeletedAgentAdmin", "PersonalCallbackAdmin"]
