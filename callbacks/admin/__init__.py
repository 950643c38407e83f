from callbacks.admin.agents import AgentAdmin, DeletedAgentAdmin
from callbacks.admin.imports import CallbackImportAdmin
from callbacks.admin.personal_callbacks import PersonalCallbackAdmin

__all__ = ["AgentAdmin", "CallbackImportAdmin", "DeletedAgentAdmin", "PersonalCallbackAdmin"]
