import { mount } from 'svelte'
import App from './App.svelte'
import { connect } from './lib/client.ts'
import { applyPreferences, rememberedPreferences } from './lib/preferences.ts'
import './styles/app.css'

applyPreferences(rememberedPreferences(localStorage), document)
const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { door: await connect(window) } })
